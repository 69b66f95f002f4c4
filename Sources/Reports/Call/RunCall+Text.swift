import Basics
import Checking

extension RunOutcome {
  /// What a person reads of it among others: how it ended, how long it took, the worst of it, and where it is.
  public func line(palette: Palette, before: String = "") -> String {
    let time = Decimal.trimmed(duration.seconds, decimals: 1)
    let head =
      "  " + palette.dim(before) + palette.verdict(exit.verdict, exit.word)
      + "  \(label.plainLine)  "
      + palette.dim("\(time) s, seed \(seed.plainLine)")
    let remark = remark.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return
      ([head] + (remark.isEmpty ? [] : ["      \(remark.cut(toBytes: 400).plainLine)"])
      + (folder.isEmpty ? [] : [palette.dim("      \(folder.plainLine)/report.html")]))
      .joined(separator: "\n")
  }
}

extension RunCall {
  /// What a person reads of all runs together: a line, and those that were not begun.
  public func summary(palette: Palette) -> String {
    let runs = outcomes.map(\.run.exit)
    let counts = ExitCode.allCases.compactMap { code -> String? in
      let count = runs.count { $0 == code }
      return count == 0 ? nil : "\(count) \(code.word.lowercased())"
    }
    let head =
      palette.verdict(exit.verdict, exit.word) + "  "
      + (["\(Wording.count(runs.count, "run")): " + counts.joined(separator: ", ")]
      + (missed.isEmpty ? [] : ["\(missed.count) not run"])
      + [Decimal.trimmed(duration.seconds, decimals: 1) + " s"]).joined(separator: "; ")
    let shown = missed.prefix(20).map { "  not run: \($0.label.plainLine): \($0.reason.plainLine)" }
    let rest = missed.count > shown.count ? ["  and \(missed.count - shown.count) more"] : []
    return ([head] + shown + rest).joined(separator: "\n")
  }
}
