/// How a share changed from one set of trials to another.
public struct ProportionChange: Hashable, Sendable {
  /// What was seen before.
  public let old: Proportion
  /// What was seen since.
  public let new: Proportion

  /// Either may be without a trial; then nothing is said.
  public init(from old: Proportion, to new: Proportion) {
    self.old = old
    self.new = new
  }

  /// How likely the new trials show it at least as often as they do where both have the same share: the exact test of
  /// R. A. Fisher (Statistical Methods for Research Workers, section 21.02, 1934), one-sided.
  public var probabilityOfMore: Double { Self.upperTail(new, other: old) }

  /// How likely the new trials show it at most as often as they do where both have the same share.
  public var probabilityOfFewer: Double { Self.upperTail(old, other: new) }

  /// Between which values the difference of the true shares lies, from -1 to 1: the hybrid score interval of
  /// R. G. Newcombe ("Interval estimation for the difference between independent proportions", Statistics in Medicine 17,
  /// 1998, method 10). Everything where one side is without a trial.
  ///
  /// - Parameter confidence: two-sided, above 0 and below 1.
  public func interval(confidence: Double = 0.95) -> ClosedRange<Double> {
    guard let before = old.share, let after = new.share else { return -1...1 }
    let (a, b) = (old.wilson(confidence: confidence), new.wilson(confidence: confidence))
    func length(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
    let change = after - before
    let lower = change - length(after - b.lowerBound, a.upperBound - before)
    let upper = change + length(b.upperBound - after, before - a.lowerBound)
    return max(-1, lower)...min(1, upper)
  }

  /// How likely the first has its count or more, given how often it was seen in both together: the hypergeometric
  /// distribution, each weight from its neighbour.
  private static func upperTail(_ first: Proportion, other: Proportion) -> Double {
    let seen = first.count + other.count
    let (least, greatest) = (max(0, seen - other.trials), min(seen, first.trials))
    guard least < greatest else { return 1 }
    // From the likeliest count outwards nothing overflows.
    let all = first.trials + other.trials
    let mode = min(
      greatest, max(least, (first.trials + 1) * (seen + 1) / (all + 2)))
    func rise(_ k: Int) -> Double {
      Double(first.trials - k) * Double(seen - k)
        / (Double(k + 1) * Double(other.trials - seen + k + 1))
    }
    var (tail, total) = (0.0, 0.0)
    func count(_ k: Int, _ weight: Double) {
      total += weight
      if k >= first.count { tail += weight }
    }
    var weight = 1.0
    count(mode, weight)
    for k in stride(from: mode, to: greatest, by: 1) {
      weight *= rise(k)
      count(k + 1, weight)
    }
    weight = 1
    for k in stride(from: mode, to: least, by: -1) {
      weight /= rise(k - 1)
      count(k - 1, weight)
    }
    return min(1, tail / total)
  }
}
