/// A bound on a time that every run measures: of each run, of quantiles over many runs, or both.
///
/// In a file a duration is a bound of each run; `{p95: 3s, confidence: 95%}` is one of many runs together.
public struct DurationBound: Hashable, Sendable {
  /// What no run may exceed; nil where only the quantiles are bounded.
  public var most: Duration?
  /// What so large a share of all runs must not exceed, in the order written.
  public var quantiles: [Quantile]
  /// How sure each of the quantiles' bounds must be, one-sided.
  public var confidence: Ratio

  /// `p95: 3s`.
  public struct Quantile: Hashable, Sendable {
    /// Above 0 and below 1: 0.95 is what 95 of 100 runs do not exceed.
    public var share: Double
    /// What it must not exceed.
    public var most: Duration

    /// The caller promises a share within `DurationBound.quantiles`.
    public init(share: Double, most: Duration) {
      self.share = share
      self.most = most
    }

    /// As a file has it: `p95`, `p99.9`.
    public var name: String { "p" + Decimal.trimmed(share * 100, decimals: 3) }
  }

  /// Of each run alone.
  public init(most: Duration) {
    self.most = most
    quantiles = []
    confidence = Self.usualConfidence
  }

  /// Of many runs, and of each where `most` says so.
  public init(
    quantiles: [Quantile], confidence: Ratio = Self.usualConfidence, most: Duration? = nil
  ) {
    self.most = most
    self.quantiles = quantiles
    self.confidence = confidence
  }

  /// The sharpest of what it bounds; nil where nothing is bounded.
  public var least: Duration? { ([most] + quantiles.map(\.most)).compactMap(\.self).min() }

  /// The loosest of what it bounds; nil where nothing is bounded.
  public var greatest: Duration? { ([most] + quantiles.map(\.most)).compactMap(\.self).max() }

  /// As a file has it.
  public var text: String {
    if quantiles.isEmpty { return most?.text ?? "{}" }
    let parts =
      quantiles.map { "\($0.name): \($0.most.text)" } + (most.map { ["at-most: \($0.text)"] } ?? [])
    return "{\(parts.joined(separator: ", ")), confidence: \(confidence)}"
  }
}

extension DurationBound {
  /// Which shares may be bounded: neither certain nor hopeless, so that a number of runs can tell.
  public static let quantiles = 0.01...0.999
  /// How sure may be asked for.
  public static let confidences = 0.5...0.999
  /// What holds where the file does not say how sure.
  public static let usualConfidence = Ratio(0.95)

  /// What a key of the mapping says, `p95`; nil where it is no quantile that may be bounded.
  public static func share(named key: String) -> Double? {
    let digits = key.dropFirst()
    guard key.first == "p", digits.first?.isNumber == true,
      digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let percent = Double(digits), percent < 100
    else { return nil }
    // 99.9 / 100 is a little more than 0.999.
    let share = (percent * 1000).rounded() / 100_000
    return quantiles.contains(share) ? share : nil
  }

  /// What may be said instead of a duration, for a person.
  public static let explanation = """
    A bound written as a duration is one of each run. One of many runs together is written {p95: 3s, confidence: 95%}:
    pN, from p1 to p99.9, is what N of 100 runs do not exceed, and may stand there several times;
    confidence is how sure that must be, one-sided, 50% to 99.9%, default \(usualConfidence);
    at-most is besides what no run may exceed, default: nothing.
    It is judged by order statistics over all runs (--repeat N, or the file's repeat), for each fault by itself. Too few runs
    are unknown, with the number that is needed; so is a single run.
    """
}
