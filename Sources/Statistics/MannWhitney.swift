/// Whether the values of one sample tend to be greater than those of another: the rank test of H. B. Mann and
/// D. R. Whitney (Annals of Mathematical Statistics 18, 1947), two-sided.
///
/// Up to `mostExact` values together the probability is exact, ties included: every way to deal the values out is
/// counted. Beyond that it is the normal approximation with the correction for ties and for continuity.
public struct MannWhitney: Hashable, Sendable {
  /// Of how many pairs the first sample's value is the greater; a tie counts a half.
  public let u: Double
  /// How likely a difference at least as great is where both samples come from the same distribution.
  public let probability: Double
  /// How likely the first sample lies at least as far above the second as it does where both come from the same
  /// distribution: one-sided, for who asks only whether something became more.
  public let probabilityOfMore: Double
  /// Whether the probability was counted rather than approximated.
  public let isExact: Bool
  /// How likely a value of the first sample is greater than one of the second, a tie counting a half; 0.5: neither
  /// is. The size of the effect, which a probability is not.
  public let superiority: Double

  /// So many values together are counted exactly.
  public static let mostExact = 50

  /// Nil where a sample is empty, or holds what is not a number.
  public init?(_ first: [Double], _ second: [Double]) {
    guard !first.isEmpty, !second.isEmpty, !(first + second).contains(where: \.isNaN) else {
      return nil
    }
    let ties = Ties(first + second)
    let (n, m) = (first.count, second.count)
    let doubledSum = first.reduce(0) { $0 + ties.doubledRank(of: $1) }
    u = Double(doubledSum - n * (n + 1)) / 2
    superiority = u / Double(n * m)
    isExact = n + m <= Self.mostExact
    (probability, probabilityOfMore) =
      isExact
      ? ties.probabilities(ofSum: doubledSum, choosing: n)
      : Self.approximate(u, n, m, ties)
  }

  /// How likely the clearest answer of two samples of these sizes is, all of the first above all of the second, where
  /// both come from the same distribution: with fewer values no test by ranks can be surer.
  public static func leastProbability(_ first: Int, _ second: Int) -> Double {
    let (few, many) = (min(first, second), max(first, second))
    guard few > 0 else { return 1 }
    // Each step is a whole number, so that one in twenty is not a little more than 0.05.
    return 1 / (1...few).reduce(1.0) { $0 * Double(many + $1) / Double($1) }
  }

  /// How many values each of two samples of one size must have for the clearest answer to be as sure as that.
  public static func leastSample(probability: Double) -> Int {
    precondition(probability > 0)
    var count = 1
    while leastProbability(count, count) > probability { count += 1 }
    return count
  }

  /// Two-sided, and of more.
  private static func approximate(
    _ u: Double, _ n: Int, _ m: Int, _ ties: Ties
  ) -> (Double, Double) {
    let (pairs, all) = (Double(n) * Double(m), Double(n + m))
    let tied = ties.groups.reduce(0.0) { sum, group in
      let size = Double(group.count)
      return sum + (size * size * size - size)
    }
    let variance = pairs / 12 * (all + 1 - tied / (all * (all - 1)))
    guard variance > 0 else { return (1, 1) }
    let z = max(0, (u - pairs / 2).magnitude - 0.5) / variance.squareRoot()
    let more = (u - pairs / 2 - 0.5) / variance.squareRoot()
    return (
      min(1, 2 * (1 - NormalDistribution.cumulative(z))), 1 - NormalDistribution.cumulative(more)
    )
  }
}

/// Values in order, equal ones together under one rank: the mean of theirs, doubled so that it is whole.
private struct Ties {
  struct Group {
    let value: Double
    let count: Int
    let doubledRank: Int
  }

  let groups: [Group]

  init(_ values: [Double]) {
    let sorted = values.sorted()
    var groups: [Group] = []
    var start = 0
    while start < sorted.count {
      let end = sorted[start...].firstIndex { $0 > sorted[start] } ?? sorted.count
      // The ranks are start + 1 to end.
      groups.append(
        Group(value: sorted[start], count: end - start, doubledRank: start + 1 + end))
      start = end
    }
    self.groups = groups
  }

  func doubledRank(of value: Double) -> Int {
    groups.first { $0.value == value }?.doubledRank ?? 0
  }

  /// How likely `size` of all values, chosen blindly, have a sum of ranks at least as far from the mean; and one at
  /// least as great.
  func probabilities(ofSum sum: Int, choosing size: Int) -> (far: Double, more: Double) {
    let all = groups.reduce(0) { $0 + $1.count }
    let most = all * (all + 1)
    // In how many ways so many values come to a sum.
    var ways = Array(repeating: Array(repeating: 0.0, count: most + 1), count: size + 1)
    ways[0][0] = 1
    for group in groups {
      for taken in stride(from: size, to: 0, by: -1) {
        var choices = 1.0
        for k in 1...min(group.count, taken) {
          choices *= Double(group.count - k + 1) / Double(k)
          let gain = k * group.doubledRank
          for place in stride(from: most, through: gain, by: -1)
          where ways[taken - k][place - gain] > 0 {
            ways[taken][place] += ways[taken - k][place - gain] * choices
          }
        }
      }
    }
    let mean = size * (all + 1)
    let distance = (sum - mean).magnitude
    var (far, more, total) = (0.0, 0.0, 0.0)
    for (place, count) in ways[size].enumerated() where count > 0 {
      total += count
      if (place - mean).magnitude >= distance { far += count }
      if place >= sum { more += count }
    }
    return (min(1, far / total), min(1, more / total))
  }
}
