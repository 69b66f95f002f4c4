internal import Basics

/// How many operations a second a workload begins, over time: steps and ramps, counted from the first.
public struct Load: Hashable, Sendable {
  /// From a moment on another rate.
  public struct Change: Hashable, Sendable {
    /// When, counted from the beginning of the traffic.
    public let at: Duration
    /// Operations a second, over all processes.
    public let rate: Double
    /// How long it takes to get there, evenly; zero for a step.
    public let over: Duration

    /// The caller promises a positive rate, and a time that is not negative.
    public init(at: Duration, rate: Double, over: Duration = .zero) {
      self.at = at
      self.rate = rate
      self.over = over
    }
  }

  /// In order of time; the first is at zero.
  public let changes: [Change]
  private let stretches: [Stretch]

  /// A time in which the rate is constant or changes evenly.
  private struct Stretch: Hashable {
    let start: Double
    /// How many operations began before.
    let before: Double
    let first: Double
    let last: Double
    /// In seconds; infinite for the last.
    let length: Double

    /// How many operations begin in it.
    var count: Double { length.isFinite ? (first + last) / 2 * length : .infinity }

    /// When, in seconds from its start, that many have begun.
    func time(of count: Double) -> Double {
      let slope = length.isFinite ? (last - first) / length : 0
      guard slope != 0 else { return count / first }
      // The positive root of first·t + slope/2·t² = count, in the form that loses no digits.
      return 2 * count / (first + max(0, first * first + 2 * slope * count).squareRoot())
    }
  }

  /// The same rate all the time.
  public init(_ rate: Double) { self.init([Change(at: .zero, rate: rate)]) }

  /// The caller promises at least one change, the first at zero without a ramp, in order, none before the
  /// ramp of the one before it is over.
  public init(_ changes: [Change]) {
    precondition(!changes.isEmpty && changes.allSatisfy { $0.rate > 0 })
    self.changes = changes
    var stretches: [Stretch] = []
    func append(from start: Double, to end: Double, _ first: Double, _ last: Double) {
      guard end > start else { return }
      let before = stretches.last.map { $0.before + $0.count } ?? 0
      stretches.append(
        Stretch(start: start, before: before, first: first, last: last, length: end - start))
    }
    var rate = changes[0].rate
    for (index, change) in changes.enumerated() {
      let reached = change.at.seconds + change.over.seconds
      let next = index + 1 < changes.count ? changes[index + 1].at.seconds : .infinity
      append(from: change.at.seconds, to: reached, rate, change.rate)
      append(from: reached, to: next, change.rate, change.rate)
      rate = change.rate
    }
    self.stretches = stretches
  }

  /// When operation `sequence` (from 0) is meant to begin.
  public func offset(of sequence: Int) -> Duration {
    let count = Double(sequence)
    let stretch = stretches.last { $0.before <= count } ?? stretches[0]
    let seconds = stretch.start + stretch.time(of: count - stretch.before)
    return .nanoseconds(Int64(saturating: (seconds * 1e9).rounded()))
  }

  /// The lowest rate that it ever has.
  public var lowest: Double { changes.map(\.rate).min() ?? 0 }

  /// How many operations begin within a time.
  public func count(within time: Duration) -> Double {
    stretches.reduce(0) { count, stretch in
      let spent = min(max(0, time.seconds - stretch.start), stretch.length)
      let slope = stretch.length.isFinite ? (stretch.last - stretch.first) / stretch.length : 0
      return count + stretch.first * spent + slope / 2 * spent * spent
    }
  }

  /// For a person: `50/s`, or `50/s, from 10s 200/s over 5s`.
  public var text: String {
    changes.map { change in
      let rate = Decimal.trimmed(change.rate, decimals: 3) + "/s"
      let ramp = change.over == .zero ? "" : " over \(change.over.text)"
      return change.at == .zero ? rate : "from \(change.at.text) \(rate)\(ramp)"
    }.joined(separator: ", ")
  }
}
