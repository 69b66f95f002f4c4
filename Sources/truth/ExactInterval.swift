import Glibc

/// How large a share may be of which some trials were seen: the interval of Clopper and Pearson (1934), which
/// holds the true share in at least 95 of 100 cases, whatever it is.
struct ExactInterval: Hashable {
  let lower: Double
  let upper: Double

  init(_ count: Int, of trials: Int) {
    guard trials > 0 else { (lower, upper) = (0, 1); return }
    lower =
      count == 0
      ? 0 : Self.solve { 1 - Self.cumulative(count - 1, trials, $0) - 0.025 }
    upper =
      count == trials
      ? 1 : Self.solve { 0.025 - Self.cumulative(count, trials, $0) }
  }

  /// The probability of at most `count` of `trials` at a share of `p`.
  private static func cumulative(_ count: Int, _ trials: Int, _ p: Double) -> Double {
    (0...count).reduce(0) { sum, k in
      let choose =
        lgamma(Double(trials + 1)) - lgamma(Double(k + 1))
        - lgamma(Double(trials - k + 1))
      return sum + exp(choose + Double(k) * log(p) + Double(trials - k) * log1p(-p))
    }
  }

  /// Where an increasing function crosses zero between 0 and 1.
  private static func solve(_ function: (Double) -> Double) -> Double {
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if function(middle) < 0 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
