/// The normal distribution of mean 0 and variance 1, computed by arithmetic alone, so that the same numbers
/// come out on every machine.
public enum NormalDistribution {
  /// The probability of at most `z`, to about 13 decimals: the series of G. Marsaglia ("Evaluating the normal
  /// distribution", Journal of Statistical Software 11, 2004).
  public static func cumulative(_ z: Double) -> Double {
    if z < -8 { return 0 }
    if z > 8 { return 1 }
    var (sum, term, divisor) = (z, z, 1.0)
    while term.magnitude > 1e-17 {
      divisor += 2
      term *= z * z / divisor
      sum += term
    }
    return 0.5 + sum * exponential(-z * z / 2) / (2 * Double.pi).squareRoot()
  }

  /// The value that is not exceeded with probability `p`; ±8 at and beyond what a `Double` can tell.
  public static func quantile(_ p: Double) -> Double {
    var (low, high) = (-8.0, 8.0)
    for _ in 0..<64 {
      let middle = (low + high) / 2
      if cumulative(middle) < p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The exponential function for small magnitudes: the argument is halved until its power series is short, and
  /// the result squared as often.
  static func exponential(_ x: Double) -> Double {
    var (small, halvings) = (x, 0)
    while small.magnitude > 0.05 {
      small /= 2
      halvings += 1
    }
    var (sum, term) = (1.0, 1.0)
    for n in 1...10 {
      term *= small / Double(n)
      sum += term
    }
    for _ in 0..<halvings { sum *= sum }
    return sum
  }
}
