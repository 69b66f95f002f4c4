internal import Basics

/// The percentile bootstrap (B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7,
/// 1979): the sample is drawn anew from itself, with replacement, and what its quantile came to in the middle
/// `confidence` of all draws is the interval.
///
/// The same sample and seed give the same interval. With few values, and for quantiles near the end of a sample, it is
/// too narrow: what must be sure takes a `QuantileBound`.
public struct Bootstrap: Sendable {
  /// How often the sample is drawn anew.
  public let rounds: Int
  /// How much of the draws lies within, two-sided.
  public let confidence: Double
  private let chance: Chance

  /// The caller promises at least one round, and a confidence above 0 and below 1.
  public init(rounds: Int = 2000, confidence: Double = 0.95, seed: UInt64) {
    precondition(rounds > 0 && confidence > 0 && confidence < 1)
    self.rounds = rounds
    self.confidence = confidence
    chance = Chance(seed: seed).stream("bootstrap")
  }

  /// Between which values a quantile of what the sample was drawn from lies; nil for an empty sample.
  ///
  /// - Parameter share: 0.5 for the median.
  public func interval(ofQuantile share: Double, _ sample: [Int64]) -> ClosedRange<Int64>? {
    guard !sample.isEmpty else { return nil }
    var chance = chance
    let drawn = (0..<rounds).map { _ -> Int64 in
      let again = sample.map { _ in sample[chance.below(sample.count)] }
      return Quantiles(again).at(share) ?? 0
    }
    let draws = Quantiles(drawn)
    let tail = (1 - confidence) / 2
    guard let low = draws.at(tail), let high = draws.at(1 - tail) else { return nil }
    return low...high
  }

  /// Between which values the change of a median lies, from what one sample was drawn from to what the other was: each
  /// is drawn anew from itself. Nil where a sample is empty.
  ///
  /// A value that is infinite counts as longer than all others; a change from one such median to another is none.
  public func interval(
    ofChangeOfMedian old: [Double], _ new: [Double]
  ) -> ClosedRange<Double>? {
    guard !old.isEmpty, !new.isEmpty else { return nil }
    var chance = chance
    func drawn(_ sample: [Double]) -> Double {
      Self.median(sample.map { _ in sample[chance.below(sample.count)] }) ?? 0
    }
    let changes = (0..<rounds).map { _ in Self.change(drawn(old), drawn(new)) }.sorted()
    let tail = (1 - confidence) / 2
    func at(_ share: Double) -> Double {
      changes[min(max(Int((share * Double(rounds)).rounded(.up)), 1), rounds) - 1]
    }
    return at(tail)...at(1 - tail)
  }

  /// The middle value by nearest rank, as `Quantiles` has it; nil for an empty sample.
  public static func median(_ sample: [Double]) -> Double? {
    sample.isEmpty ? nil : sample.sorted()[(sample.count - 1) / 2]
  }

  /// From one median to another; none between two that are infinite.
  public static func change(_ old: Double, _ new: Double) -> Double { old == new ? 0 : new - old }
}
