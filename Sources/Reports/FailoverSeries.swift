internal import Basics
internal import Checking
internal import Statistics

/// How long one fault kept clients waiting in many runs, part by part.
public struct FailoverSeries: Sendable {
  /// The invariant that measured.
  public let invariant: String
  /// The fault with its number, as it is described.
  public let fault: String
  /// One of each run, in their order; nil where it measured nothing.
  private let byRun: [RunSeries.Run.Measured?]
  private var measured: [RunSeries.Run.Measured] { byRun.compactMap(\.self) }

  /// One part over all runs.
  public struct Part: Sendable {
    /// As the invariant's settings name it: `first-good`.
    public let name: String
    /// In how many runs it was measured.
    public let count: Int
    /// In how many runs it never came about, though operations went bad.
    public let never: Int
    /// Quantiles of what was measured, each with its bootstrap interval (95 %), in nanoseconds.
    public let quantiles: [(share: Double, value: Int64, interval: ClosedRange<Int64>)]
  }

  /// The parts, in the order in which they come about, and whether nothing bad means that it took no time.
  static let parts = [
    ("first-bad", false), ("detection", false), ("takeover", false), ("first-good", true),
    ("sustained-good", true),
  ]

  static func all(of runs: [RunSeries.Run]) -> [FailoverSeries] {
    var keys: [(String, String)] = []
    for judged in runs.flatMap(\.invariants) {
      for failover in judged.failovers
      where !keys.contains(where: { $0 == (judged.name, failover.fault) }) {
        keys.append((judged.name, failover.fault))
      }
    }
    return keys.map { invariant, fault in
      FailoverSeries(
        invariant: invariant, fault: fault,
        byRun: runs.map { run in
          // A run whose measurement is in doubt measures nothing.
          run.invariants.first { $0.name == invariant && $0.verdict != .unknown }?
            .failovers.first { $0.fault == fault }
        })
    }
  }

  /// What each run says, in their order: no time at all where nothing was bad.
  func outcomes(_ part: String) -> [DistributionBound.Measured] {
    let isAnswer = Self.parts.first { $0.0 == part }?.1 ?? false
    return byRun.map { failover in
      guard let failover else { return .unknown }
      if let milliseconds = failover.milliseconds[part] {
        return .took(.nanoseconds(Int64(milliseconds * 1e6)))
      }
      guard isAnswer else { return .unknown }
      return failover.hasOutage ? .never : .took(.zero)
    }
  }

  /// A value of each run that could tell: nil where good answers never came, zero where none were bad.
  func values(_ part: String) -> [Duration?] {
    outcomes(part).compactMap { outcome -> Duration?? in
      switch outcome {
      case .took(let time): .some(time)
      case .never: .some(nil)
      case .unknown: nil
      }
    }
  }

  /// Those that were measured in any run.
  public var all: [Part] {
    Self.parts.compactMap { name, _ in
      let values = values(name)
      let seen = values.compactMap { $0?.nanoseconds }
      guard !seen.isEmpty else { return nil }
      let sorted = Quantiles(seen)
      let bootstrap = Bootstrap(seed: UInt64(seen.count))
      return Part(
        name: name, count: seen.count, never: values.count - seen.count,
        quantiles: [0.5, 0.95].compactMap { share in
          guard let value = sorted.at(share),
            let interval = bootstrap.interval(ofQuantile: share, seen)
          else { return nil }
          return (share, value, interval)
        })
    }
  }
}
