import Basics
import Checking

extension RunRecord {
  /// `junit.xml`: a test case an invariant. A violated invariant is a `failure`, a harness that
  /// could not do its work an `error`, a missing capability `skipped`; `unknown` is an `error`,
  /// for it is no pass.
  public var junit: String {
    let cases = trouble == nil ? judgements.map(testCase) + unjudgedCase : [troubleCase]
    let failures = cases.count { $0.contains("<failure") }
    let errors = cases.count { $0.contains("<error") }
    let skipped = cases.count { $0.contains("<skipped") }
    let time = Decimal.trimmed(duration.seconds, decimals: 3)
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name="\(suite)" tests="\(cases.count)" failures="\(failures)" \
      errors="\(errors)" skipped="\(skipped)" time="\(time)" timestamp="\(escaped(started))">
        <properties>
          <property name="seed" value="\(seed)"/>
          <property name="command" value="\(escaped(command))"/>
        </properties>
      \(cases.joined(separator: "\n"))
      </testsuite>

      """
  }

  /// The experiment, told from other runs of it.
  private var suite: String {
    escaped(experiment.name) + (repetition.map { " (\(escaped($0)))" } ?? "")
  }

  private func testCase(_ judgement: Judgement) -> String {
    let finding = judgement.finding
    let summary = escaped(finding.summary)
    let isAsPlanned = (finding.verdict == .invalid) == judgement.isExpectedToFail
    let body =
      switch finding.verdict {
      case .unknown: "<error type=\"unknown\" message=\"\(summary)\"/>"
      case .valid where isAsPlanned, .invalid where isAsPlanned: ""
      case .valid: "<failure type=\"expectation\" message=\"expected to fail, but: \(summary)\"/>"
      case .invalid:
        "<failure type=\"invariant\" message=\"\(summary)\">"
          + escaped(finding.evidence.prefix(20).map(\.summary).joined(separator: "\n"))
          + "</failure>"
      }
    return element(judgement.name, body)
  }

  private var unjudgedCase: [String] {
    unjudged.map { [element("run", "<skipped message=\"\(escaped($0))\"/>")] } ?? []
  }

  private var troubleCase: String {
    let message = escaped(trouble ?? "")
    return switch exit {
    case .capability: element("run", "<skipped message=\"\(message)\"/>")
    default: element("run", "<error type=\"\(exit)\" message=\"\(message)\"/>")
    }
  }

  private func element(_ name: String, _ body: String) -> String {
    "  <testcase classname=\"\(suite)\" name=\"\(escaped(name))\">\(body)</testcase>"
  }
}

extension RunRecord {
  /// Text without its secrets that may stand in an XML or HTML document, in attributes, too.
  func escaped(_ text: String) -> String { markup(secrets.mask(text)) }
}

/// Text that may stand in an XML or HTML document, in attributes, too. What XML 1.0 forbids even when
/// escaped (section 2.2: control characters, U+FFFE, U+FFFF) is not in it, for it is made `plain`.
package func markup(_ text: String) -> String {
  var output = ""
  for scalar in text.plain.unicodeScalars {
    switch scalar {
    case "&": output += "&amp;"
    case "<": output += "&lt;"
    case ">": output += "&gt;"
    case "\"": output += "&quot;"
    default: output.unicodeScalars.append(scalar)
    }
  }
  return output
}

/// A file of JUnit of test cases that are made already; what is no failure and no error passed.
///
/// - Parameters:
///   - name: as markup.
///   - cases: an element each.
package func junitSuite(_ name: String, _ cases: [String]) -> String {
  let failures = cases.count { $0.contains("<failure") }
  let errors = cases.count { $0.contains("<error") }
  return """
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuite name="\(name)" tests="\(cases.count)" failures="\(failures)" errors="\(errors)">
    \(cases.joined(separator: "\n"))
    </testsuite>

    """
}
