internal import Basics
internal import Checking
internal import Statistics

/// The runs of one experiment before and after a change, and every figure that both have.
struct ComparedSides {
  let variant: ComparedRun.Variant
  let old: [ComparedRun]
  let new: [ComparedRun]

  /// Whether the experiments are not the same, by their texts.
  var differs: Bool { Set((old + new).compactMap(\.experiment)).count > 1 }

  /// The failovers first, then what clients saw, then what was promised; at last how many runs say nothing.
  var figures: [ComparedFigure] { failovers + workloads + invariants + [unjudged] }

  private func judged(_ side: [ComparedRun]) -> [ComparedRun] { side.filter(\.isJudged) }

  private var failovers: [ComparedFigure] {
    let (before, after) = (series(old), series(new))
    return before.flatMap { series -> [ComparedFigure] in
      guard
        let other = after.first(where: {
          $0.invariant == series.invariant && $0.fault == series.fault
        })
      else { return [] }
      return ["first-good", "sustained-good"].compactMap { part in
        let (a, b) = (Self.values(series.outcomes(part)), Self.values(other.outcomes(part)))
        guard !a.isEmpty || !b.isEmpty else { return nil }
        return ComparedFigure(
          name: "\(series.invariant), \(series.fault): \(part)",
          sides: .values(.failover, old: a, new: b))
      }
    }
  }

  private func series(_ side: [ComparedRun]) -> [FailoverSeries] {
    FailoverSeries.all(of: judged(side).map(\.run))
  }

  private static func values(_ outcomes: [DistributionBound.Measured]) -> [Double] {
    outcomes.compactMap { outcome in
      switch outcome {
      case .took(let time): time.milliseconds
      case .never: .infinity
      case .unknown: nil
      }
    }
  }

  private var workloads: [ComparedFigure] {
    names { $0.workloads.keys.sorted() }.flatMap { name -> [ComparedFigure] in
      func values(_ of: (ComparedRun.Workload) -> Double?) -> ([Double], [Double]) {
        func side(_ runs: [ComparedRun]) -> [Double] {
          judged(runs).compactMap { $0.workloads[name].flatMap(of) }
        }
        return (side(old), side(new))
      }
      let bad = values { workload in workload.availability.map { 1 - $0 } }
      let figures = [
        ComparedFigure(
          name: "\(name): availability", sides: .values(.badShare, old: bad.0, new: bad.1))
      ]
      return figures
        + ["p50", "p99"].map { quantile in
          let latency = values { $0.milliseconds[quantile] }
          return ComparedFigure(
            name: "\(name): latency \(quantile)",
            sides: .values(.latency, old: latency.0, new: latency.1))
        }
    }
  }

  private var invariants: [ComparedFigure] {
    names { $0.run.invariants.map(\.name) }.compactMap { name in
      func rate(_ side: [ComparedRun]) -> Proportion {
        let said = judged(side).compactMap { $0.run.hasFailed(name) }
        return Proportion(said.count { $0 }, of: said.count)
      }
      let change = ProportionChange(from: rate(old), to: rate(new))
      // A doubt stands among the invariants only where there is one; how often is asked of the runs.
      let isDoubt =
        change.old.trials + change.new.trials == 0
        && !judged(old + new).allSatisfy { $0.run.invariants.map(\.name).contains(name) }
      let mustFail = judged(old + new).contains { $0.run.mustFail(name) }
      return isDoubt
        ? nil
        : ComparedFigure(
          name: "\(name): \(mustFail ? "held, though it must fail" : "failed")",
          sides: .rate(change))
    }
  }

  private var unjudged: ComparedFigure {
    func rate(_ side: [ComparedRun]) -> Proportion {
      Proportion(
        side.count { !$0.isJudged || $0.run.exitCode == ExitCode.unknown.rawValue },
        of: side.count)
    }
    return ComparedFigure(
      name: "runs that could not be judged",
      sides: .rate(ProportionChange(from: rate(old), to: rate(new))))
  }

  /// Those that both sides have, in the order in which they first stand.
  private func names(_ of: (ComparedRun) -> [String]) -> [String] {
    let known = Set(judged(new).flatMap(of))
    return judged(old).flatMap(of).reduce(into: []) {
      if known.contains($1), !$0.contains($1) { $0.append($1) }
    }
  }
}

extension ComparedSides {
  /// What differs between the sides besides the figures, a sentence each.
  var notes: [String] { textNotes + sourceNotes + serverNotes + sideNotes + silentNotes }

  private var textNotes: [String] {
    differs
      ? [
        "the experiment's text is not the same in all runs, so nothing is compared; run the same on both sides"
      ] : []
  }

  /// Files that one side was planned from and the other was not, as they are.
  private var sourceNotes: [String] {
    func texts(_ side: [ComparedRun]) -> [String: Set<String>] {
      side.reduce(into: [:]) { texts, run in
        for (path, text) in run.sources { texts[path, default: []].insert(text) }
      }
    }
    let (before, after) = (texts(old), texts(new))
    let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
    let more = changed.count > 5 ? " and \(changed.count - 5) more" : ""
    return changed.isEmpty
      ? [] : ["other texts: \(changed.prefix(5).joined(separator: ", "))\(more)"]
  }

  /// Servers whose versions are others.
  private var serverNotes: [String] {
    func versions(_ side: [ComparedRun]) -> [String: Set<String>] {
      side.reduce(into: [:]) { versions, run in
        for (server, version) in run.run.servers { versions[server, default: []].insert(version) }
      }
    }
    let (before, after) = (versions(old), versions(new))
    return before.keys.sorted().compactMap { server in
      guard let a = before[server], let b = after[server], a != b else { return nil }
      func text(_ versions: Set<String>) -> String { versions.sorted().joined(separator: ", ") }
      return "other versions: \(server): \(text(a)) before, \(text(b)) since"
    }
  }

  /// Invariants and workloads that only one side has.
  private var sideNotes: [String] {
    func names(_ side: [ComparedRun]) -> Set<String> {
      Set(
        judged(side).flatMap { run in
          run.run.invariants.map(\.name) + run.workloads.keys.map { "the workload '\($0)'" }
        })
    }
    let (before, after) = (names(old), names(new))
    guard !before.isEmpty, !after.isEmpty else { return [] }
    func note(_ names: Set<String>, _ side: String) -> [String] {
      names.isEmpty ? [] : ["only \(side): \(names.sorted().joined(separator: ", "))"]
    }
    return note(before.subtracting(after), "before") + note(after.subtracting(before), "since")
  }

  private var silentNotes: [String] {
    [(old, "before"), (new, "since")].compactMap { side, when in
      let silent = side.filter { !$0.isJudged }
      guard let first = silent.first else { return nil }
      let folder = first.folder.isEmpty ? "" : " (\(first.folder))"
      return "\(silent.count) of \(Wording.count(side.count, "run")) \(when) came to no verdict: "
        + "\(first.run.remark)\(folder)"
    }
  }
}
