/// How often something was seen in how many independent trials, and what that says of the true share.
///
/// Every interval holds both ends; without a trial it is everything, from 0 to 1.
public struct Proportion: Hashable, Sendable {
  /// How often it was seen; between 0 and `trials`.
  public let count: Int
  /// How often it could have been seen.
  public let trials: Int

  /// The caller promises `0 <= count <= trials`.
  public init(_ count: Int, of trials: Int) {
    precondition(count >= 0 && count <= trials)
    self.count = count
    self.trials = trials
  }

  /// The share that was seen, from 0 to 1; nil without a trial.
  public var share: Double? { trials > 0 ? Double(count) / Double(trials) : nil }

  /// The score interval of E. B. Wilson ("Probable inference", JASA 22, 1927): it holds the true share in about
  /// `confidence` of all cases, also where few trials were made or all came out alike.
  ///
  /// - Parameter confidence: two-sided, above 0 and below 1.
  public func wilson(confidence: Double = 0.95) -> ClosedRange<Double> {
    guard let share else { return 0...1 }
    let n = Double(trials)
    let z = NormalDistribution.quantile((1 + confidence) / 2)
    let centre = share + z * z / (2 * n)
    let half = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    // Where all came out alike one end is exactly known, which rounding must not hide.
    let lower = count == 0 ? 0 : max(0, (centre - half) / scale)
    let upper = count == trials ? 1 : min(1, (centre + half) / scale)
    return lower...upper
  }

  /// The interval of C. J. Clopper and E. S. Pearson (Biometrika 26, 1934), which holds the true share in at least
  /// `confidence` of all cases, whatever it is; wider than Wilson's.
  ///
  /// - Parameter confidence: two-sided, above 0 and below 1.
  public func exact(confidence: Double = 0.95) -> ClosedRange<Double> {
    guard trials > 0 else { return 0...1 }
    let tail = (1 - confidence) / 2
    let lower =
      count == 0
      ? 0 : Self.zero { 1 - Binomial.cumulative(count - 1, of: trials, at: $0) - tail }
    let upper =
      count == trials ? 1 : Self.zero { tail - Binomial.cumulative(count, of: trials, at: $0) }
    return lower...max(lower, upper)
  }

  /// Where an increasing function crosses zero between 0 and 1.
  private static func zero(of function: (Double) -> Double) -> Double {
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if function(middle) < 0 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// The number of successes in independent trials of one probability.
enum Binomial {
  /// The probability of at most `count` successes of `trials`, each with probability `p`.
  ///
  /// Each weight follows from its neighbour, from the most likely count outwards, and their sum makes them
  /// probabilities: nothing overflows, and no logarithm is needed.
  static func cumulative(_ count: Int, of trials: Int, at p: Double) -> Double {
    if count < 0 { return 0 }
    if count >= trials || p <= 0 { return 1 }
    if p >= 1 { return 0 }
    let odds = p / (1 - p)
    let mode = min(trials, Int(Double(trials + 1) * p))
    var (below, above) = (mode <= count ? 1.0 : 0, mode <= count ? 0 : 1.0)
    var weight = 1.0
    for k in stride(from: mode, to: trials, by: 1) {
      weight *= Double(trials - k) / Double(k + 1) * odds
      if k + 1 <= count { below += weight } else { above += weight }
    }
    weight = 1
    for k in stride(from: mode, to: 0, by: -1) {
      weight *= Double(k) / Double(trials - k + 1) / odds
      if k - 1 <= count { below += weight } else { above += weight }
    }
    return below / (below + above)
  }
}
