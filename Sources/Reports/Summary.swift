public import Basics
public import Checking
import Histories

/// What a person reads in ten seconds at the end of a run.
extension RunRecord {
  /// - Parameter palette: How to colour; `.plain` where the stream is no terminal.
  public func summary(palette: Palette) -> String {
    var lines = ["", headline(palette)]
    if let trouble { lines.append("  " + secrets.mask(trouble).plain) }
    if let unjudged { lines.append("  " + shown(unjudged)) }
    if let remade { lines.append("  " + shown(remade)) }
    if let expectation { lines.append("  " + shown(expectation.summary)) }
    lines += faultLines(palette)
    lines += predictionLines(palette)
    lines += judgements.flatMap { judgementLines($0, palette) }
    lines += notes.map { palette.dim("  note: ") + shown($0) }
    return lines.joined(separator: "\n")
  }

  /// On one line, without secrets, and without anything that a terminal obeys.
  func shown(_ text: String) -> String { secrets.mask(text).plainLine }

  /// The word that says how it ended.
  public var headword: String { unjudged == nil || trouble != nil ? exit.word : "NOT JUDGED" }

  private func headline(_ palette: Palette) -> String {
    let word = palette.verdict(verdict, headword)
    let total = history.operations.count
    let bad = history.operations.count { $0.outcome != .ok }
    return "\(word)  \(shown(experiment.title))  "
      + palette.dim(
        "\(total) operations, \(bad) not ok, \(Decimal.trimmed(duration.seconds, decimals: 1)) s, seed \(seed)"
      )
  }

  private func faultLines(_ palette: Palette) -> [String] {
    history.faults.map { fault in
      let mark = fault.confirmed != nil ? palette.good("✓") : palette.bad("✗")
      let targets = shown(fault.targets.map(\.description).joined(separator: ", "))
      let doubt =
        fault.confirmed == nil
        ? palette.bad(" \(fault.outcome.rawValue): \(shown(fault.confirmation))") : ""
      return "  \(mark) \(fault.id). \(shown(fault.summary))" + palette.dim(" → \(targets)") + doubt
    }
  }

  /// What was predicted and what was measured, side by side.
  private func predictionLines(_ palette: Palette) -> [String] {
    predictions.map { checked in
      let words = checked.standing.words
      let standing =
        switch checked.standing {
        case .inside: palette.good(words)
        case .outside: palette.bad(words)
        case .straddling, .stalled, .notSeen: palette.doubtful(words)
        }
      return "  fault \(checked.fault): \(shown(checked.what)): predicted "
        + "\(checked.prediction.rangeText), measured \(checked.measuredText): \(standing)"
    }
  }

  private func judgementLines(_ judgement: Judgement, _ palette: Palette) -> [String] {
    let finding = judgement.finding
    let expected = judgement.isExpectedToFail ? palette.dim(" (expected to fail)") : ""
    let head =
      "  " + palette.verdict(finding.verdict, finding.verdict.rawValue.padded(to: 8))
      + shown(judgement.name).padded(to: 18) + shown(finding.summary) + expected
    guard finding.verdict == .invalid else { return [head] }
    return [head]
      + finding.evidence.prefix(3).map {
        palette.dim("             · ") + shown($0.summary)
      }
  }
}

extension ExitCode {
  /// The word a verdict line begins with.
  public var word: String {
    switch self {
    case .valid: "VALID"
    case .invalid: "INVALID"
    case .unknown: "UNKNOWN"
    case .steadyState: "NO STEADY STATE"
    case .harness: "HARNESS ERROR"
    case .usage: "USAGE"
    case .nothingRan: "NOTHING RAN"
    case .capability: "NOT POSSIBLE HERE"
    case .timedOut: "OUT OF TIME"
    case .interrupted, .terminated: "INTERRUPTED"
    }
  }
}

/// Colours for a terminal, or none.
public struct Palette: Sendable {
  private let isColoured: Bool

  /// Leaves every text as it is: for files and pipes.
  public static let plain = Palette(isColoured: false)
  /// Wraps texts in the SGR sequences of ECMA-48, section 8.3.117: for terminals.
  public static let coloured = Palette(isColoured: true)

  /// A text in green.
  public func good(_ text: String) -> String { paint("32", text) }
  /// A text in bold red.
  public func bad(_ text: String) -> String { paint("31;1", text) }
  /// A text in bold yellow.
  public func doubtful(_ text: String) -> String { paint("33;1", text) }
  /// A faint text, for what may be skipped.
  public func dim(_ text: String) -> String { paint("2", text) }

  /// A text in its verdict's colour: bold green, yellow or red.
  public func verdict(_ verdict: Verdict, _ text: String) -> String {
    switch verdict {
    case .valid: paint("32;1", text)
    case .unknown: doubtful(text)
    case .invalid: bad(text)
    }
  }

  private func paint(_ code: String, _ text: String) -> String {
    isColoured ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}

extension String {
  func padded(to width: Int) -> String {
    count >= width ? self + " " : self + String(repeating: " ", count: width - count)
  }
}
