internal import Basics
package import Checking
internal import Statistics

extension RunSeries {
  /// What a person reads in ten seconds after many runs.
  ///
  /// - Parameter palette: How to colour; `.plain` where the stream is no terminal.
  public func summary(palette: Palette) -> String {
    var lines = ["", headline(palette)]
    lines += sameFailures.map {
      "  as the original, by \($0.signature.text.plainLine): \($0.rate.text)"
    }
    lines += tallies.flatMap { tallyLines($0, palette) }
    lines += failovers.flatMap(failoverLines)
    lines += bounds.map { judged in
      "  " + palette.verdict(judged.verdict, judged.verdict.rawValue.padded(to: 8))
        + "\(judged.bound.text): \(judged.sentence)".plainLine
    }
    lines += rates.map { rate in
      "  " + palette.verdict(rate.verdict, rate.verdict.rawValue.padded(to: 8))
        + "\(rate.question): \(rate.sentence)".plainLine
    }
    if let sureness { lines.append(palette.dim("  " + Self.closing(sureness, isSure: isSure))) }
    lines += differences.map { palette.dim("  differed: ") + $0.plainLine }
    return lines.joined(separator: "\n")
  }

  /// One line as soon as a run has ended.
  ///
  /// - Parameter count: how many runs there will be.
  public static func progress(of run: Run, of count: Int, palette: Palette) -> String {
    let exit = ExitCode(rawValue: run.exitCode) ?? .harness
    let place = "\(run.number)/\(count)".padded(to: 2 * "\(count)".count + 2)
    let word = palette.verdict(exit.verdict, exit.word.padded(to: 8))
    let remark = run.remark.isEmpty ? "" : "  " + run.remark.plainLine
    let folder = run.folder.isEmpty ? "" : palette.dim("  \(run.folder.plainLine)")
    return "  \(place)\(word)seed \(run.seed)\(remark)\(folder)"
  }

  private static func closing(_ sureness: Sureness, isSure: Bool) -> String {
    (isSure ? "sure" : "not sure")
      + ": these answers are as sure as they say though they were asked for after every run; intervals of rates and "
      + "quantiles are those of a fixed number of runs"
  }

  private func headline(_ palette: Palette) -> String {
    let counts = [ExitCode.valid, .invalid, .unknown].map { code in
      (runs.count { $0.exitCode == code.rawValue }, code.word.lowercased())
    }
    let others = runs.count - counts.reduce(0) { $0 + $1.0 }
    let parts = (counts + [(others, "without a verdict")]).filter { $0.0 > 0 }
    return palette.verdict(exit.verdict, exit.word) + "  \(title.plainLine)  "
      + palette.dim(
        "\(Wording.count(runs.count, "run")): "
          + parts.map { "\($0.0) \($0.1)" }.joined(separator: ", "))
  }

  private func tallyLines(_ tally: InvariantTally, _ palette: Palette) -> [String] {
    let isExpected = tally.isExpectedToFail
    let verdict: Verdict = tally.invalid > 0 ? .invalid : tally.unknown > 0 ? .unknown : .valid
    let head =
      "  " + palette.verdict(verdict, verdict.rawValue.padded(to: 8))
      + tally.name.plainLine
      .padded(to: 18)
    let unknown = tally.unknown > 0 ? "; unknown in \(tally.unknown)" : ""
    guard tally.invalid > 0 else {
      // A doubt about the method stands among the invariants only where there is one.
      return [head + "held in \(tally.valid) of \(tally.valid + tally.unknown)\(unknown)"]
    }
    let kinds = tally.kinds.filter { !$0.kind.isEmpty }.map { "\($0.kind) in \($0.count)" }
    let kindText = kinds.isEmpty ? "" : "; " + kinds.joined(separator: ", ").plainLine
    let expected = isExpected ? palette.dim(" (expected to fail)") : ""
    var lines = [head + "failed in \(tally.rate.text)\(kindText)\(unknown)" + expected]
    if isExpected, tally.isFlaky {
      lines.append(
        palette.dim("             · ")
          + "it must fail, and held in \(tally.valid): a finding with that rate")
    }
    if let first = runs.first(where: { $0.number == tally.firstViolation }), !isExpected {
      if tally.isFlaky {
        lines.append(
          palette.dim("             · ")
            + "it fails now and then: a finding with that rate, which no repetition takes back")
      }
      let again = first.command.isEmpty ? "" : "; again with: \(first.command)"
      lines.append(
        palette.dim("             · ")
          + "first in run \(first.number), seed \(first.seed)\(again)".plainLine)
    }
    return lines
  }

  private func failoverLines(_ series: FailoverSeries) -> [String] {
    guard runs.count > 1 else { return [] }
    return series.all.map { part in
      let quantiles = part.quantiles.map { share, value, interval in
        "p\(Decimal.trimmed(share * 100, decimals: 0)) \(Self.milliseconds(value)) "
          + "(\(Self.milliseconds(interval.lowerBound)) to \(Self.milliseconds(interval.upperBound)))"
      }
      let never = part.never > 0 ? ", never in \(part.never)" : ""
      return
        "  \(series.invariant), \(series.fault): \(part.name) \(quantiles.joined(separator: ", "))"
        .plainLine + "; \(Wording.count(part.count, "run"))\(never)"
    }
  }

  private static func milliseconds(_ nanoseconds: Int64) -> String {
    Wording.milliseconds(.nanoseconds(nanoseconds))
  }
}

extension ExitCode {
  /// The verdict that a cause stands for; unknown where nothing was judged.
  package var verdict: Verdict {
    switch self {
    case .valid: .valid
    case .invalid: .invalid
    default: .unknown
    }
  }
}
