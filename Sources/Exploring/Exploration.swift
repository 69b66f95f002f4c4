public import Basics
internal import Histories
public import Reports

/// What an exploration came to: a fold over its runs.
public struct Exploration: Sendable {
  /// Runs that failed in the same way.
  public struct Failure: Sendable {
    /// In which way.
    public let signature: FailureSignature
    /// In how many runs.
    public let count: Int
    /// The first of them.
    public let first: ExploredRun
    /// What `shrink` made of it, a line each; empty where it was not asked to.
    public var minimal: [String]

    /// Among all that went wrong in the first run, in the order of its invariants.
    var place: Int { first.run.failures.firstIndex(of: signature) ?? 0 }
  }

  /// The stack's name.
  public let stack: String
  /// What everything was drawn from.
  public let seed: UInt64
  /// In the order of their numbers.
  public let runs: [ExploredRun]
  /// How long it all took.
  public let length: Duration
  /// How many runs went side by side.
  public let jobs: Int
  /// Faults that were not drawn, and why.
  public let omissions: [Repertoire.Omission]
  /// By signature, the most frequent first.
  public private(set) var failures: [Failure]

  /// Runs in any order.
  public init(
    stack: String, seed: UInt64, runs: [ExploredRun], length: Duration, jobs: Int,
    omissions: [Repertoire.Omission]
  ) {
    self.stack = stack
    self.seed = seed
    self.runs = runs.sorted { $0.number < $1.number }
    self.length = length
    self.jobs = jobs
    self.omissions = omissions
    var places: [FailureSignature: [ExploredRun]] = [:]
    for run in self.runs where run.outcome == .failed {
      for signature in run.run.failures { places[signature, default: []].append(run) }
    }
    failures = places.map { signature, runs in
      Failure(signature: signature, count: runs.count, first: runs[0], minimal: [])
    }.sorted { one, other in
      if one.count != other.count { return one.count > other.count }
      if one.first.number != other.first.number { return one.first.number < other.first.number }
      return one.place < other.place
    }
  }

  /// Adds what a search for the smallest case of a failure found.
  public mutating func add(_ lines: [String], to signature: FailureSignature) {
    guard let place = failures.firstIndex(where: { $0.signature == signature }) else { return }
    failures[place].minimal = lines
  }

  /// What was covered by all runs.
  public var coverage: Coverage {
    var coverage = Coverage()
    for run in runs { coverage.add(run.covered, unconfirmed: run.unconfirmed) }
    return coverage
  }

  /// How many runs came to that.
  public func count(_ outcome: ExploredRun.Outcome) -> Int { runs.count { $0.outcome == outcome } }

  /// Runs an hour, at the pace of these.
  public var pace: Double {
    length > .zero ? Double(runs.count) / length.seconds * 3600 : 0
  }

  /// A failure of one run is one of all. Without one, half of the runs must have been judged for anything to be said.
  public var exit: ExitCode {
    if count(.failed) > 0 { return .invalid }
    if count(.passed) == 0 && count(.unknown) == 0 { return .nothingRan }
    return count(.passed) * 2 >= runs.count ? .valid : .unknown
  }

  /// The names of all invariants that were judged, each with how often it held and was violated; in order.
  var judged: [(name: String, held: Int, violated: Int)] {
    var counts: [String: (Int, Int)] = [:]
    for judged in runs.flatMap(\.run.judged) {
      counts[judged.name, default: (0, 0)].0 += judged.isViolated ? 0 : 1
      counts[judged.name, default: (0, 0)].1 += judged.isViolated ? 1 : 0
    }
    return counts.keys.sorted().map { ($0, counts[$0]?.0 ?? 0, counts[$0]?.1 ?? 0) }
  }
}
