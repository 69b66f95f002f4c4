/// How far a quantile of a distribution may lie, told from a sample without any assumption of its shape: by order
/// statistics (S. S. Wilks, "Determination of sample sizes for setting tolerance limits", 1941; David and Nagaraja,
/// "Order Statistics", section 7.1).
///
/// The true quantile does not exceed the r-th smallest value unless at least r values lie below it, and how many do
/// is binomial.
public struct QuantileBound: Hashable, Sendable {
  /// Which quantile: 0.95 is what 95 % of all values do not exceed.
  public let share: Double
  /// How sure a bound must be, one-sided.
  public let confidence: Double

  /// The caller promises both above 0 and below 1.
  public init(of share: Double, confidence: Double) {
    precondition(share > 0 && share < 1 && confidence > 0 && confidence < 1)
    self.share = share
    self.confidence = confidence
  }

  /// How many values a sample must have for its largest to bound the quantile from above: 59 for the 95th
  /// percentile with 95 %. With fewer nothing can be said, whatever they are.
  ///
  /// - Parameter missing: how many of the values are not known, and may be the largest.
  public func leastSample(missing: Int = 0) -> Int {
    var (count, missed) = (0, 1.0)
    while missed > 1 - confidence {
      count += 1
      missed *= share
    }
    guard missing > 0 else { return count }
    while Binomial.cumulative(count - missing - 1, of: count, at: share) < confidence { count += 1 }
    return count
  }

  /// The least value of the sample that the quantile does not exceed with this confidence; nil where the sample is
  /// too small to say.
  public func upper<Value: Comparable>(of sample: [Value]) -> Value? {
    let count = sample.count
    guard count >= leastSample() else { return nil }
    let rank = (1...count).first {
      Binomial.cumulative($0 - 1, of: count, at: share) >= confidence
    }
    // Where rounding hides the largest, `leastSample` has vouched for it.
    return sample.sorted()[(rank ?? count) - 1]
  }

  /// The greatest value of the sample that the quantile reaches with this confidence; nil where the sample is too
  /// small to say.
  public func lower<Value: Comparable>(of sample: [Value]) -> Value? {
    let count = sample.count
    let rank = stride(from: count, to: 0, by: -1).first {
      1 - Binomial.cumulative($0 - 1, of: count, at: share) >= confidence
    }
    return rank.map { sample.sorted()[$0 - 1] }
  }
}
