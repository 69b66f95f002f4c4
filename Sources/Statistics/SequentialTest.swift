/// Decides between two shares with as few trials as it takes: the sequential probability ratio test of A. Wald
/// ("Sequential tests of statistical hypotheses", Annals of Mathematical Statistics 16, 1945).
public struct SequentialTest: Hashable, Sendable {
  /// What the trials so far allow to say.
  public enum Answer: Hashable, Sendable {
    /// The share is the higher one, the lower one, or neither can be said yet.
    case high, low, open
  }

  /// The share that is called high.
  public let high: Double
  /// The share that is called low.
  public let low: Double
  private let ceiling: Double
  private let floor: Double

  /// - Parameters:
  ///   - falselyHigh: how often a share that is `low` may be called high, about.
  ///   - falselyLow: how often a share that is `high` may be called low, about.
  ///
  /// The caller promises `0 < low < high < 1`, and errors above 0 and below a half.
  public init(high: Double, low: Double, falselyHigh: Double, falselyLow: Double) {
    precondition(0 < low && low < high && high < 1)
    precondition(falselyHigh > 0 && falselyHigh < 0.5 && falselyLow > 0 && falselyLow < 0.5)
    self.high = high
    self.low = low
    ceiling = (1 - falselyLow) / falselyHigh
    floor = falselyLow / (1 - falselyHigh)
  }

  /// What a number of trials says, in whatever order they came out; the caller asks after each, and stops at the
  /// first answer that is not open.
  public func answer(_ seen: Proportion) -> Answer {
    let (hit, miss) = (high / low, (1 - high) / (1 - low))
    var ratio = 1.0
    // Alternating keeps the product within a `Double`.
    var (hits, misses) = (seen.count, seen.trials - seen.count)
    while hits > 0 || misses > 0 {
      if hits > 0, ratio <= 1 || misses == 0 {
        ratio *= hit
        hits -= 1
      } else {
        ratio *= miss
        misses -= 1
      }
      if misses == 0, ratio >= ceiling { return .high }
      if hits == 0, ratio <= floor { return .low }
    }
    return ratio >= ceiling ? .high : ratio <= floor ? .low : .open
  }
}
