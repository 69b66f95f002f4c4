import Basics
import Checking

extension RunCall {
  /// The most bytes that GitHub shows of a step's summary: 1 MiB. What is longer it does not show at all.
  public static let mostSummaryBytes = 1 << 20

  /// `summary.md`: what a person reads of a call on one page, the bad first.
  ///
  /// - Parameter limit: in bytes. What does not fit is counted; nothing is cut in the middle.
  public func markdown(atMost limit: Int = mostSummaryBytes) -> String {
    var page = MarkdownPage(limit: limit)
    page.add("## faultline run: \(exit.word)\n\n\(counts)\n\n")
    if let refusal { page.add("\(MarkdownPage.text(refusal.sentence))\n\n") }
    let runs = outcomes.sorted { Self.weight($0.run.exit) > Self.weight($1.run.exit) }
    if !runs.isEmpty { page.add("| | experiment | verdict | time | |\n|---|---|---|---|---|\n") }
    page.add(all: runs.map { Self.row($0.name, $0.run) }, of: "run")
    page.add("\n")
    page.add(
      all: series.map {
        "- \(Self.sign($0.exit)) \(MarkdownPage.text($0.label)): **\($0.exit.word)** "
          + "\(MarkdownPage.text($0.remark))\n"
      }, of: "series")
    page.add(
      all: missed.map {
        "- not run: \(MarkdownPage.text($0.label)), for \(MarkdownPage.text($0.reason))\n"
      }, of: "run that was not begun")
    let bad = runs.filter { $0.run.exit != .valid }
    page.add(all: bad.map { Self.section($0.name, $0.run) }, of: "section")
    return page.finished
  }

  private var counts: String {
    let runs = outcomes.map(\.run.exit)
    let words = ["valid", "invalid", "unknown"].compactMap { word -> String? in
      let count = runs.count { $0.verdict.rawValue == word }
      return count == 0 ? nil : "\(count) \(word)"
    }
    let parts =
      [
        Wording.count(runs.count, "run")
          + (words.isEmpty ? "" : ": " + words.joined(separator: ", "))
      ]
      + (missed.isEmpty ? [] : ["\(missed.count) not run"])
      + (shard.map { ["shard \($0.text)"] } ?? [])
      + [Decimal.trimmed(duration.seconds, decimals: 1) + " s", "exit code \(exit.rawValue)"]
    return parts.joined(separator: "; ")
  }

  /// Violations before doubts before what is well.
  private static func weight(_ exit: ExitCode) -> Int {
    switch exit.verdict {
    case .invalid: 2
    case .unknown: 1
    case .valid: 0
    }
  }

  private static func sign(_ exit: ExitCode) -> String {
    switch exit.verdict {
    case .valid: "✅"
    case .invalid: "❌"
    case .unknown: "⚠️"
    }
  }

  private static func row(_ name: String, _ run: RunOutcome) -> String {
    "| \(sign(run.exit)) | \(MarkdownPage.text(name, atMost: 200)) | \(run.exit.word) | "
      + "\(Decimal.trimmed(run.duration.seconds, decimals: 1)) s | "
      + "\(MarkdownPage.text(run.remark, atMost: 300)) |\n"
  }

  private static func section(_ name: String, _ run: RunOutcome) -> String {
    var lines = ["\n### \(sign(run.exit)) \(MarkdownPage.text(name, atMost: 200))\n"]
    for problem in run.problems.prefix(50) {
      lines.append(
        "- \(MarkdownPage.text(problem.place.text)): \(MarkdownPage.text(problem.message))")
    }
    if run.problems.isEmpty, let trouble = run.trouble {
      lines.append(MarkdownPage.text(trouble, atMost: 2000) + "\n")
    }
    for judged in run.judged where !judged.isAsPlanned {
      let place = judged.place.map { " (\(MarkdownPage.text($0.text)))" } ?? ""
      lines.append(
        "- **\(MarkdownPage.text(judged.name))** \(judged.verdict.rawValue): "
          + "\(MarkdownPage.text(judged.sentence))\(place)")
      lines += judged.evidence.prefix(5).map { "  - \(MarkdownPage.text($0, atMost: 500))" }
    }
    lines.append("")
    if !run.command.isEmpty { lines.append("Again: \(MarkdownPage.code(run.command))  ") }
    if !run.folder.isEmpty {
      lines.append("Report: \(MarkdownPage.code(run.folder + "/report.html"))")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// A page of Markdown that is made of pieces and has room for so many bytes.
struct MarkdownPage {
  private var body = ""
  private let limit: Int
  private var leftOut: [(what: String, count: Int)] = []

  /// What is kept free to say what was left out.
  private static let reserve = 512

  init(limit: Int) { self.limit = limit }

  mutating func add(_ piece: String) {
    if body.utf8.count + piece.utf8.count + Self.reserve <= limit { body += piece }
  }

  /// One after another until one does not fit.
  mutating func add(all pieces: [String], of what: String) {
    for (place, piece) in pieces.enumerated() {
      guard body.utf8.count + piece.utf8.count + Self.reserve <= limit else {
        return leftOut.append((what, pieces.count - place))
      }
      body += piece
    }
  }

  var finished: String {
    guard !leftOut.isEmpty else { return body }
    let said = leftOut.map { "\($0.count) of: \($0.what)" }.joined(separator: ", ")
    let end =
      "\n\nNot shown, for there is no room: \(said). The call's junit.xml and call.json have all.\n"
    return body.utf8.count + end.utf8.count <= limit ? body + end : body
  }

  /// Text that others wrote, so that it is no markup (CommonMark, section 2.4), on one line.
  static func text(_ text: String, atMost limit: Int = 1000) -> String {
    var output = ""
    for scalar in text.cut(toBytes: limit).plain.unicodeScalars {
      switch scalar {
      case "\n", "\t": output += " "
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      // What a host makes links of: people, issues.
      case "@", "#": output += "&#\(scalar.value);"
      case "\\", "`", "*", "_", "{", "}", "[", "]", "|", "~", "!":
        output += "\\"
        output.unicodeScalars.append(scalar)
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output
  }

  /// A word or a line as it is: between more backticks than it has in a row.
  static func code(_ text: String) -> String {
    let line = text.plain.replacing("\n", with: " ")
    var (longest, row) = (0, 0)
    for character in line {
      row = character == "`" ? row + 1 : 0
      longest = max(longest, row)
    }
    let fence = String(repeating: "`", count: longest + 1)
    let pad = longest > 0 ? " " : ""
    return fence + pad + line + pad + fence
  }
}
