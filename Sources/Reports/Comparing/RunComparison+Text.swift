internal import Basics
internal import Checking

extension RunComparison {
  /// What a person reads in ten seconds: whether anything became worse, then every figure.
  ///
  /// - Parameter palette: How to colour; `.plain` where the stream is no terminal.
  public func summary(palette: Palette) -> String {
    var lines = [palette.verdict(verdict, exit.word) + "  " + headline]
    for experiment in experiments {
      lines += ["", "  " + experiment.head.plainLine]
      lines += experiment.notes.map { palette.dim("    note: ") + $0.plainLine }
      lines += experiment.figures.map { Self.line($0, palette) }
    }
    lines += sides.map { "  " + $0.plainLine }
    lines += [
      "",
      palette.dim(
        "  medians of runs, and rates; of each change the interval in which 95 % lies, by itself; p is corrected for"
      ),
      palette.dim(
        "  \(Wording.count(probabilities, "question")) at once, and worse is what is below 0.05"),
    ]
    return lines.joined(separator: "\n")
  }

  /// What came of it in one sentence.
  public var headline: String {
    let figures = experiments.flatMap(\.figures)
    let count = Wording.count(figures.count, "figure")
    let tolerated = "beyond \(tolerance)"
    let worse = figures.count { $0.outcome == .worse }
    let sizes = "\(Wording.count(runs.old, "run")) before, \(runs.new) since"
    if worse > 0 { return "\(worse) of \(count) became worse \(tolerated); \(sizes)" }
    if figures.isEmpty { return "nothing could be compared; \(sizes)" }
    let few = figures.count { $0.outcome == .tooFew }
    if few > 0 {
      let least = needed.map { "; at least \($0) on each side are needed" } ?? ""
      return
        "\(few) of \(count) have too few runs to say whether they became worse\(least); \(sizes)"
    }
    if verdict == .unknown {
      return "of what could be compared nothing became worse \(tolerated); \(sizes)"
    }
    return "none of \(count) became worse \(tolerated); \(sizes)"
  }

  /// What stands on one side only, a sentence each.
  var sides: [String] {
    onlyOld.map { "only before: \($0.text); run it again, or nobody knows how it is now" }
      + onlyNew.map { "only since: \($0.text)" }
  }

  /// How many questions were asked at once.
  private var probabilities: Int {
    experiments.flatMap(\.figures).count { $0.probability != nil }
  }

  private static func line(_ judged: Judged, _ palette: Palette) -> String {
    let outcome = judged.outcome.rawValue.padded(to: 9)
    let word = judged.outcome.verdict.map { palette.verdict($0, outcome) } ?? outcome
    let shown = judged.figure.shown
    let change = judged.figure.change
    let rest = (change.isEmpty ? [] : [change]) + (judged.chance.map { ["p \($0)"] } ?? [])
    return "    \(word)" + "\(judged.figure.name)  \(shown.old) → \(shown.new)".plainLine
      + (rest.isEmpty ? "" : palette.dim("  " + rest.joined(separator: ", ")))
  }
}

extension RunComparison.Experiment {
  /// What was run, and how often.
  var head: String {
    "\(variant.text)  \(Wording.count(runs.old, "run")) before, \(runs.new) since"
  }
}

extension RunComparison.Judged {
  /// How likely it is where it became no worse, as a person reads it; nil where nothing was asked.
  var chance: String? {
    probability.map { $0 < 0.0001 ? "< 0.0001" : Decimal.trimmed($0, decimals: 4) }
  }
}

extension RunComparison.Outcome {
  /// As what it counts; nil where it is neither good nor bad news.
  var verdict: Verdict? {
    switch self {
    case .worse: .invalid
    case .better: .valid
    case .tooFew: .unknown
    case .same: nil
    }
  }
}
