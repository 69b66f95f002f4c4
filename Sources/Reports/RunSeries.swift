public import Basics
public import Checking
public import Statistics

/// What several runs of one experiment came to together: how often each invariant failed, how long failovers took, and
/// what differed between the runs. Made from their `result.json`, so it needs nothing but their folders.
public struct RunSeries: Sendable {
  /// The experiment's title.
  public let title: String
  /// The experiment's name, as reports are filed under it.
  public let name: String
  /// In the order in which they were asked for.
  public let runs: [Run]
  /// Bounds over all runs, judged.
  public let bounds: [JudgedBound]
  /// Until when runs were to go on; nil where their number was fixed.
  public let sureness: Sureness?
  /// How often invariants fail, where that was to be known before no more were begun.
  public let rates: [Sureness.Answer]
  /// What differed between the runs, a sentence each; the run that they repeat included where there is one.
  public let differences: [String]
  /// How often they failed as the run did that they repeat, for each way in which that failed: of the runs in which the
  /// same invariant could be judged.
  public let sameFailures: [(signature: FailureSignature, rate: Proportion)]

  /// A bound with what the runs say of it: of each fault by itself, the worst counts.
  public struct JudgedBound: Sendable {
    /// What was asked.
    public let bound: DistributionBound
    /// The worst of all faults.
    public let verdict: Verdict
    /// One for a person.
    public let sentence: String
  }

  /// - Parameters:
  ///   - bounds: what must hold over all runs.
  ///   - original: the run that they repeat; compared with, and not counted.
  ///   - sureness: until when they were to go on; nil where their number was fixed.
  public init(
    title: String, name: String, runs: [Run], bounds: [DistributionBound] = [],
    original: Run? = nil, sureness: Sureness? = nil
  ) {
    self.title = title
    self.name = name
    self.runs = runs
    self.sureness = sureness
    let unbroken = Self.unbroken(runs)
    rates = sureness?.rates(unbroken) ?? []
    let failovers = FailoverSeries.all(of: sureness == nil ? runs : unbroken)
    self.bounds = bounds.map { bound in
      func judge(_ outcomes: [DistributionBound.Measured]) -> (Verdict, String) {
        if let sureness { return bound.judge(inOrder: outcomes, most: sureness.most) }
        return bound.judge(outcomes)
      }
      let said = failovers.filter { $0.invariant == bound.invariant }.map { series in
        let (verdict, sentence) = judge(series.outcomes(bound.part))
        return (verdict: verdict, sentence: "\(series.fault): \(sentence)")
      }
      let worst = said.max { $0.verdict < $1.verdict }
      let none = judge(runs.map { _ in .unknown })
      return JudgedBound(
        bound: bound, verdict: worst?.verdict ?? none.0, sentence: worst?.sentence ?? none.1)
    }
    sameFailures = (original?.failures ?? []).map { signature in
      let judged = runs.count { run in
        run.invariants.contains { $0.name == signature.invariant && $0.verdict != .unknown }
      }
      return (signature, Proportion(runs.count { $0.shows(signature) }, of: judged))
    }
    differences = SeriesDifferences(runs: runs, original: original).sentences
  }

  /// The seeds of repeats: the first as it is, the others drawn from it, each once. More repeats go on where fewer end.
  public static func seeds(from first: UInt64, count: Int) -> [UInt64] {
    var chance = Chance(seed: first).stream("repeats")
    var seeds = [first]
    while seeds.count < count {
      let next = UInt64(chance.below(1_000_000_000))
      if !seeds.contains(next) { seeds.append(next) }
    }
    return seeds
  }

  /// The worst cause of all runs and bounds; a violation of one run is one of all.
  public var exit: ExitCode {
    let codes = runs.map { ExitCode(rawValue: $0.exitCode) ?? .harness }
    let judged = (bounds.map(\.verdict) + rates.map(\.verdict)).map { verdict -> ExitCode in
      switch verdict {
      case .valid: .valid
      case .unknown: .unknown
      case .invalid: .invalid
      }
    }
    return .worst(codes + judged)
  }

  /// Every invariant of any run with its counts, in the order in which they first stand.
  public var tallies: [InvariantTally] { InvariantTally.all(of: runs) }

  /// Every failover that any run measured, by invariant and fault.
  public var failovers: [FailoverSeries] { FailoverSeries.all(of: runs) }
}

/// How a run failed: what tells one failure from another.
public struct FailureSignature: Hashable, Sendable {
  /// The invariant's name.
  public let invariant: String
  /// The kind of its first evidence: `lost`, `stale`; empty where it shows none.
  public let kind: String

  /// Both as `result.json` has them.
  public init(invariant: String, kind: String) {
    self.invariant = invariant
    self.kind = kind
  }

  /// `no-lost-writes (lost)`.
  public var text: String { kind.isEmpty ? invariant : "\(invariant) (\(kind))" }
}

/// How one invariant fared in many runs.
public struct InvariantTally: Sendable {
  /// Its name.
  public let name: String
  /// In how many runs it held.
  public let valid: Int
  /// In how many runs nobody knows.
  public let unknown: Int
  /// In how many runs it was violated.
  public let invalid: Int
  /// Whether the experiment says that it must fail.
  public let isExpectedToFail: Bool
  /// The kinds of the first evidence of its violations, each with its count, the most frequent first.
  public let kinds: [(kind: String, count: Int)]
  /// The first run that violated it, counted from 1; nil where none did.
  public let firstViolation: Int?

  /// How often it failed of the runs that could tell.
  public var rate: Proportion { Proportion(invalid, of: invalid + valid) }

  /// Whether it failed in some runs and held in others.
  public var isFlaky: Bool { invalid > 0 && valid > 0 }

  static func all(of runs: [RunSeries.Run]) -> [InvariantTally] {
    var names: [String] = []
    for judged in runs.flatMap(\.invariants) where !names.contains(judged.name) {
      names.append(judged.name)
    }
    return names.map { name in
      let judged = runs.compactMap { run in run.invariants.first { $0.name == name } }
      let violated = judged.filter { $0.verdict == .invalid }
      let kinds = Dictionary(grouping: violated.map { $0.kinds.first ?? "" }) { $0 }
        .map { (kind: $0.key, count: $0.value.count) }
        .sorted { ($1.count, $0.kind) < ($0.count, $1.kind) }
      return InvariantTally(
        name: name, valid: judged.count { $0.verdict == .valid },
        unknown: judged.count { $0.verdict == .unknown }, invalid: violated.count,
        isExpectedToFail: judged.contains(where: \.isExpectedToFail), kinds: kinds,
        firstViolation: runs.first { run in
          run.invariants.contains { $0.name == name && $0.verdict == .invalid }
        }?.number)
    }
  }
}
