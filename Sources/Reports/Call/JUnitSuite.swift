import Basics

/// A suite of JUnit, in the dialect of the schema that Jenkins' plugin has, which GitLab and GitHub's actions read, too.
struct JUnitSuite {
  /// What came of a test case.
  enum Outcome {
    case passed
    /// A promise was broken.
    case failed(type: String, message: String, text: String)
    /// It could not be told.
    case broken(type: String, message: String, text: String)
    case skipped(message: String)

    /// Whether a gate is to be closed by it.
    var isBad: Bool {
      switch self {
      case .passed, .skipped: false
      case .failed, .broken: true
      }
    }
  }

  /// One test case.
  struct Case {
    var name: String
    var time = Duration.zero
    var outcome: Outcome
    /// Lines for a person.
    var output: [String] = []
  }

  var name: String
  var cases: [Case]
  var time = Duration.zero
  /// ISO 8601; empty where nothing began.
  var timestamp = ""
  var properties: [(name: String, value: String)] = []
  var output: [String] = []
}

extension JUnitSuite {
  static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

  /// A file with this suite alone.
  var document: String { Self.declaration + element(indent: "") }

  /// A file of many, with the sums of all.
  static func document(_ name: String, _ suites: [JUnitSuite], time: Duration) -> String {
    let cases = suites.flatMap(\.cases)
    return declaration + "<testsuites name=\"\(attribute(name))\" \(counts(cases)) "
      + "time=\"\(seconds(time))\">\n"
      + suites.map { $0.element(indent: "  ") }.joined() + "</testsuites>\n"
  }

  /// The file's element of all suites has no count of what was skipped.
  private static func counts(_ cases: [Case]) -> String {
    let failures = cases.count { if case .failed = $0.outcome { true } else { false } }
    let errors = cases.count { if case .broken = $0.outcome { true } else { false } }
    return "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
  }

  private func element(indent: String) -> String {
    let skipped = cases.count { if case .skipped = $0.outcome { true } else { false } }
    let stamp = timestamp.isEmpty ? "" : " timestamp=\"\(Self.attribute(timestamp))\""
    var lines = [
      "<testsuite name=\"\(Self.attribute(name))\" \(Self.counts(cases)) skipped=\"\(skipped)\" "
        + "time=\"\(Self.seconds(time))\"\(stamp)>"
    ]
    if !properties.isEmpty {
      lines.append("  <properties>")
      lines += properties.map {
        "    <property name=\"\(Self.attribute($0.name))\" value=\"\(Self.attribute($0.value))\"/>"
      }
      lines.append("  </properties>")
    }
    lines += cases.map(element)
    if !output.isEmpty { lines.append("  <system-out>\(Self.content(output))</system-out>") }
    return (lines + ["</testsuite>"]).map { "\(indent)\($0)\n" }.joined()
  }

  private func element(_ one: Case) -> String {
    let head =
      "  <testcase classname=\"\(Self.attribute(name))\" name=\"\(Self.attribute(one.name))\" "
      + "time=\"\(Self.seconds(one.time))\""
    let body = Self.element(one.outcome)
    let output = one.output.isEmpty ? "" : "<system-out>\(Self.content(one.output))</system-out>"
    return body.isEmpty && output.isEmpty ? head + "/>" : head + ">\(body)\(output)</testcase>"
  }

  private static func element(_ outcome: Outcome) -> String {
    func element(_ tag: String, _ type: String, _ message: String, _ text: String) -> String {
      "<\(tag) type=\"\(attribute(type))\" message=\"\(attribute(message))\">"
        + content([text]) + "</\(tag)>"
    }
    return switch outcome {
    case .passed: ""
    case .failed(let type, let message, let text): element("failure", type, message, text)
    case .broken(let type, let message, let text): element("error", type, message, text)
    case .skipped(let message): "<skipped message=\"\(attribute(message))\"/>"
    }
  }

  /// In bytes. Some who read these files refuse long attributes; what is long stands in the element, too.
  private static let longestAttribute = 4096
  private static let longestContent = 64 << 10

  /// A line break in an attribute is a blank to who reads it (XML 1.0, section 3.3.3), unless it is written so.
  private static func attribute(_ text: String) -> String {
    markup(text.cut(toBytes: longestAttribute)).replacing("\n", with: "&#10;")
  }

  private static func content(_ lines: [String]) -> String {
    markup(lines.joined(separator: "\n").cut(toBytes: longestContent))
  }

  /// With at most three decimals, as the schema asks.
  private static func seconds(_ time: Duration) -> String {
    Decimal.trimmed(max(0, time.seconds), decimals: 3)
  }
}
