internal import Basics
internal import Checking
internal import Statistics

/// One number of many runs before and after a change: how it changed, and whether that is worse.
public struct ComparedFigure: Sendable {
  /// What is compared.
  public let name: String
  let sides: Sides

  /// What the runs of both sides came to.
  enum Sides: Sendable {
    /// A value of each run; infinite where what was waited for never came.
    case values(Unit, old: [Double], new: [Double])
    /// How many runs went wrong, of those that could tell.
    case rate(ProportionChange)
  }

  /// What values are, and which change of one is too small to matter, however large it is beside them.
  enum Unit: Sendable {
    /// Until good answers, in milliseconds.
    case failover
    /// Of one answer, in milliseconds.
    case latency
    /// The share of bad operations, from 0 to 1.
    case badShare

    var least: Double {
      switch self {
      case .failover: 10
      case .latency: 1
      case .badShare: 0.001
      }
    }
  }

  /// How sure it must be that anything of all that is compared is worse.
  static let level = 0.05

  /// How many runs could tell, on each side.
  var counts: (old: Int, new: Int) {
    switch sides {
    case .values(_, let old, let new): (old.count, new.count)
    case .rate(let change): (change.old.trials, change.new.trials)
    }
  }

  /// How likely the clearest answer of so many runs is where nothing changed.
  var leastProbability: Double { MannWhitney.leastProbability(counts.old, counts.new) }

  /// Whether it could come out clear at all: where no run went wrong on either side, nothing is asked.
  var isQuestion: Bool {
    guard case .rate(let change) = sides else { return true }
    let seen = change.old.count + change.new.count
    return seen > 0 && seen < change.old.trials + change.new.trials
  }

  /// How likely it is to come out so much worse where it became no worse than is tolerated.
  func probabilityOfWorse(_ tolerance: Double) -> Double {
    switch sides {
    case .values(let unit, let old, let new):
      MannWhitney(new, old.map { unit.tolerated($0, tolerance) })?.probabilityOfMore ?? 1
    case .rate(let change): change.probabilityOfMore
    }
  }

  /// How likely it is to come out so much better where it became no better than would be tolerated the other way.
  func probabilityOfBetter(_ tolerance: Double) -> Double {
    switch sides {
    case .values(let unit, let old, let new):
      MannWhitney(old, new.map { unit.tolerated($0, tolerance) })?.probabilityOfMore ?? 1
    case .rate(let change): change.probabilityOfFewer
    }
  }

  /// Whether what is shown of it goes beyond what is tolerated, upwards or downwards.
  func isBeyond(_ tolerance: Double, worse: Bool) -> Bool {
    switch sides {
    case .values(let unit, let old, let new):
      guard let before = Bootstrap.median(old), let after = Bootstrap.median(new) else {
        return false
      }
      return worse
        ? after > unit.tolerated(before, tolerance) : before > unit.tolerated(after, tolerance)
    case .rate(let change):
      let (before, after) = (change.old.share ?? 0, change.new.share ?? 0)
      return worse ? after > before : before > after
    }
  }
}

extension ComparedFigure.Unit {
  /// Up to what a value may have grown.
  fileprivate func tolerated(_ value: Double, _ tolerance: Double) -> Double {
    max(value * (1 + tolerance), value + least)
  }
}

extension ComparedFigure {
  /// What stands for each side: a median, or a rate with its counts.
  var shown: (old: String, new: String) {
    switch sides {
    case .values(let unit, let old, let new):
      (unit.text(Bootstrap.median(old)), unit.text(Bootstrap.median(new)))
    case .rate(let change): (Self.text(change.old), Self.text(change.new))
    }
  }

  /// How it changed, with the interval in which 95 % lies: `+118 ms (+60 ms to +170 ms)`.
  var change: String {
    switch sides {
    case .values(let unit, let old, let new):
      guard let before = Bootstrap.median(old), let after = Bootstrap.median(new),
        let interval = interval
      else { return "" }
      let change = Bootstrap.change(before, after)
      // From a time to never there is no difference that says more than the two sides.
      guard change.isFinite else { return "" }
      guard unit == .badShare else { return Self.text(change, interval, unit.change) }
      // Fewer bad operations are a greater availability.
      return Self.text(0 - change, (0 - interval.upperBound)...(0 - interval.lowerBound)) {
        Self.points($0)
      }
    case .rate(let change):
      guard let before = change.old.share, let after = change.new.share else { return "" }
      return Self.text(after - before, change.interval()) { Self.points($0) }
    }
  }

  /// Of the change of the median, or of the rate; in the unit of the values.
  var interval: ClosedRange<Double>? {
    switch sides {
    case .values(_, let old, let new):
      Bootstrap(seed: UInt64(old.count + new.count)).interval(ofChangeOfMedian: old, new)
    case .rate(let change): change.interval()
    }
  }

  private static func text(
    _ change: Double, _ interval: ClosedRange<Double>, _ text: (Double) -> String
  ) -> String {
    "\(text(change)) (\(text(interval.lowerBound)) to \(text(interval.upperBound)))"
  }

  private static func text(_ proportion: Proportion) -> String {
    proportion.share.map { "\(proportion.counts), \(Proportion.percent($0))" } ?? "none could tell"
  }

  fileprivate static func points(_ share: Double) -> String {
    signed(share * 100, decimals: 3) + " points"
  }

  fileprivate static func signed(_ value: Double, decimals: Int) -> String {
    let text = Decimal.trimmed(value, decimals: decimals)
    return value > 0 && text != "0" ? "+" + text : text
  }
}

extension ComparedFigure.Unit {
  fileprivate func text(_ value: Double?) -> String {
    guard let value else { return "none could tell" }
    return switch self {
    case .failover, .latency:
      value.isFinite ? Decimal.trimmed(value, decimals: 1) + " ms" : "never"
    case .badShare: Decimal.trimmed(100 - value * 100, decimals: 3) + " %"
    }
  }

  fileprivate func change(_ value: Double) -> String {
    value.isFinite
      ? ComparedFigure.signed(value, decimals: 1) + " ms" : value > 0 ? "+∞" : "-∞"
  }
}
