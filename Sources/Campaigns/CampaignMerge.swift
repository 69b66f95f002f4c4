public import Basics
public import Reports

/// What came back of a campaign: a fold over the attempts at its shards, in whatever order they are found. Each shard
/// counts once; what is missing is named, and what came back twice is said.
public struct CampaignMerge: Sendable {
  /// What was to come back.
  public let plan: CampaignPlan
  /// Attempts that are of another campaign, with its `id`: they cannot be merged.
  public private(set) var foreign: [(place: String, campaign: String)] = []
  private var whole: [Int: [Whole]] = [:]
  private var torn: [Int: [(place: String, reason: String)]] = [:]

  /// An attempt that is complete.
  public struct Whole: Sendable {
    /// Its folder, for a person.
    public let place: String
    /// What it says.
    public let result: ShardResult
    /// In the order of the plan.
    public let runs: [RunSeries.Run]
  }

  /// Takes all attempts that were found.
  public init(_ plan: CampaignPlan, _ attempts: some Sequence<ShardAttempt>) {
    self.plan = plan
    for attempt in attempts { take(attempt) }
  }

  /// Takes one more.
  public mutating func take(_ attempt: ShardAttempt) {
    switch attempt.state {
    case .foreign(let campaign):
      foreign.append((attempt.place, campaign))
      foreign.sort { $0.place < $1.place }
    case .whole(let result, let runs):
      let new = Whole(place: attempt.place, result: result, runs: runs)
      whole[attempt.shard, default: []].append(new)
      whole[attempt.shard]?.sort(by: Self.isBefore)
    case .torn(let reason):
      torn[attempt.shard, default: []].append((attempt.place, reason))
      torn[attempt.shard]?.sort { $0.place < $1.place }
    }
  }

  /// What was finished first, by the clocks of those who finished it.
  private static func isBefore(_ a: Whole, _ b: Whole) -> Bool {
    (a.result.finished, a.place) < (b.result.finished, b.place)
  }
}

extension CampaignMerge {
  /// A shard of the list, and what came back of it.
  public struct Shard: Sendable {
    /// Its number.
    public let number: Int
    /// The attempt that counts: what was finished first. Nil: the shard is lost.
    public let counted: Whole?
    /// Attempts that are complete, too, and do not count.
    public let copies: [Whole]
    /// Attempts of which something is missing, each with why.
    public let torn: [(place: String, reason: String)]

    /// Why it is lost, in a sentence; nil where it is done.
    public var loss: String? {
      if counted != nil { return nil }
      guard let last = torn.last else { return "nothing of it came back" }
      let before = torn.count > 1 ? " (of \(torn.count) attempts, the last)" : ""
      return "\(last.place)\(before): \(last.reason)"
    }

    /// A copy with a violation that the attempt which counts has not: it was seen, and is not taken back by another.
    public var contradiction: Whole? {
      guard let counted, counted.result.exit != .invalid else { return nil }
      return copies.first { $0.result.exit == .invalid }
    }
  }

  /// The shards of the list, in order.
  public var shards: [Shard] {
    plan.numbers.map { number in
      let whole = whole[number] ?? []
      return Shard(
        number: number, counted: whole.first, copies: Array(whole.dropFirst()),
        torn: torn[number] ?? [])
    }
  }

  /// The numbers of the shards that did not come back, in order.
  public var lost: [Int] { plan.numbers.filter { whole[$0] == nil } }

  /// The campaign's list with only the lost shards; nil where none is.
  public var rerun: CampaignPlan? { lost.isEmpty ? nil : plan.keeping(lost) }

  /// What the runs of each experiment say together, in the order of the plan. A run that is lost is among them, and is
  /// unknown.
  public var series: [RunSeries] {
    var runs = Array(repeating: [RunSeries.Run](), count: plan.experiments.count)
    for shard in shards {
      let planned = plan.shard(shard.number)?.runs ?? []
      for (place, run) in planned.enumerated() {
        runs[run.experiment].append(shard.counted?.runs[place] ?? Self.lost(run, of: shard.number))
      }
    }
    return zip(plan.experiments, runs).compactMap { experiment, runs in
      // A list of some shards need not have runs of every experiment.
      runs.isEmpty
        ? nil
        : RunSeries(
          title: experiment.title, name: experiment.label,
          runs: runs.sorted { $0.number < $1.number }, bounds: experiment.bounds)
    }
  }

  private static func lost(_ run: CampaignPlan.Run, of shard: Int) -> RunSeries.Run {
    RunSeries.Run(
      number: run.number, seed: "\(run.seed)", exitCode: ExitCode.unknown.rawValue,
      trouble: "shard \(shard), which has it, is lost")
  }

  /// The worst cause of all runs that count and of all bounds; unknown where a shard is lost, and invalid where a
  /// violation was seen by any attempt.
  public var exit: ExitCode {
    var codes = series.map(\.exit)
    if !lost.isEmpty { codes.append(.unknown) }
    if shards.contains(where: { $0.contradiction != nil }) { codes.append(.invalid) }
    return .worst(codes)
  }
}
