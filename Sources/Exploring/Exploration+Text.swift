internal import Basics
internal import Checking
internal import Histories
public import Reports

extension Exploration {
  /// What a person reads at the end.
  ///
  /// - Parameter palette: how to colour; `.plain` where the stream is no terminal.
  public func summary(palette: Palette) -> String {
    var lines = ["", headline(palette)]
    for failure in failures { lines += self.lines(failure, palette) }
    lines += silence(palette)
    let starved = runs.count(where: \.wasStarved)
    if starved > 0 {
      lines.append(
        "  " + palette.doubtful("starved ".wide(8))
          + "in \(Wording.count(starved, "run")) the harness was held up for a twentieth of the time: fewer at a"
          + " time, or a quieter machine, and failures to be served in time may go away")
    }
    lines.append("")
    lines += table(palette)
    if !omissions.isEmpty {
      let reasons = Dictionary(grouping: omissions) { $0.reason }
      lines.append(palette.dim("  not drawn:"))
      for reason in reasons.keys.sorted() {
        let names = (reasons[reason] ?? []).map(\.fault).joined(separator: ", ")
        lines.append(palette.dim("    \(names): \(reason)".plainLine))
      }
    }
    return lines.joined(separator: "\n")
  }

  /// One line as soon as a run has ended.
  public static func progress(of run: ExploredRun, palette: Palette) -> String {
    let word = (ExitCode(rawValue: run.run.exitCode) ?? .harness).word
    let verdict = (ExitCode(rawValue: run.run.exitCode) ?? .harness).verdict
    let what =
      run.faults.joined(separator: ", ") + " under " + run.workloads.joined(separator: ", ")
    let remark = run.run.remark.isEmpty ? "" : "  " + run.run.remark.plainLine
    let seconds = Decimal.trimmed(run.length.seconds, decimals: 1)
    return
      "  \("\(run.number)".wide(5))\(palette.verdict(verdict, word.wide(8))) \("\(seconds)s".wide(7))"
      + what.plainLine + palette.dim(remark)
  }

  private func headline(_ palette: Palette) -> String {
    let counts = ExploredRun.Outcome.allCases.map { (count($0), $0.rawValue) }.filter { $0.0 > 0 }
    let parts = counts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    return palette.verdict(exit.verdict, exit.word) + "  \(stack.plainLine), seed \(seed)  "
      + palette.dim(
        "\(Wording.count(runs.count, "run")): \(parts.isEmpty ? "none" : parts); "
          + "\(Decimal.trimmed(pace, decimals: 0)) an hour, \(jobs) at a time")
  }

  private func lines(_ failure: Failure, _ palette: Palette) -> [String] {
    let first = failure.first
    return [
      "  " + palette.bad("failed  ") + failure.signature.text.plainLine
        + " in \(failure.count) of \(Wording.count(runs.count, "run"))",
      palette.dim("             · ")
        + "first in run \(first.number), seed \(first.run.seed): \(first.run.remark)".plainLine,
      palette.dim("             · ")
        + "experiment: \(first.file); again: faultline replay \(first.run.folder)".plainLine,
    ]
      + failure.minimal.map { palette.dim("             · ") + $0.plainLine }
  }

  /// Runs that say nothing are never among those that passed; each reason once.
  private func silence(_ palette: Palette) -> [String] {
    [ExploredRun.Outcome.unknown, .broken].flatMap { outcome -> [String] in
      let own = runs.filter { $0.outcome == outcome }
      guard !own.isEmpty else { return [] }
      let what = outcome == .unknown ? "unknown" : "broken"
      let shown = own.prefix(5).map {
        palette.dim("             · ")
          + "run \($0.number), seed \($0.run.seed): \($0.run.remark)".plainLine
      }
      let more = own.count > 5 ? [palette.dim("             · and \(own.count - 5) more")] : []
      return ["  " + palette.doubtful(what.wide(8)) + "in \(Wording.count(own.count, "run"))"]
        + shown
        + more
    }
  }

  private func table(_ palette: Palette) -> [String] {
    let coverage = coverage
    let rows = coverage.rows
    let states = StackState.allCases
    let first = max(rows.map(\.fault.count).max() ?? 0, 5) + 2
    let second = max(rows.map(\.role.count).max() ?? 0, 6) + 2
    var lines = [
      palette.dim(
        "  " + "fault".wide(first) + "struck".wide(second)
          + states.map { $0.words.wide($0.words.count + 2) }.joined())
    ]
    for row in rows {
      let cells = states.map { state in
        (row.counts[state].map { "\($0)" } ?? "·").wide(state.words.count + 2)
      }
      lines.append("  " + row.fault.wide(first) + row.role.plainLine.wide(second) + cells.joined())
    }
    let unseen = coverage.unconfirmed.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    lines.append(
      palette.dim(
        "  \(Wording.count(coverage.total, "confirmed fault"))"
          + (unseen.isEmpty ? "" : "; not confirmed: \(unseen.joined(separator: ", "))")))
    return lines
  }
}

extension String {
  /// With spaces up to a width.
  fileprivate func wide(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
