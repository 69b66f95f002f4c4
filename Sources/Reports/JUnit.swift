import Basics

extension RunRecord {
  /// `junit.xml`: a suite with a test case `run` for whether the run was carried out, and one for each invariant. A
  /// violated invariant is a `failure`; whatever could not be told is an `error`, for it is no pass: a harness that
  /// could not do its work, a capability that is missing, `unknown`.
  public var junit: String {
    let outcome = RunOutcome(self)
    return outcome.suite(named: outcome.label).document
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
