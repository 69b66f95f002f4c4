internal import Basics
internal import Statistics

/// A bound that a share of many runs must keep: `p95 of first-good at most 3s`, with a confidence.
///
/// A single run cannot show it, nor can few: then it is unknown, with the number that is needed. It is judged by order
/// statistics (`QuantileBound`), which take nothing for granted of the distribution. A run that could not be judged
/// counts against either answer: its value might have been anything.
public struct DistributionBound: Hashable, Sendable {
  /// The name of the invariant that measures, unique in the experiment.
  public var invariant: String
  /// What it measures of each fault, as its settings name it: `first-good`.
  public var part: String
  /// Which quantile of the distribution over runs, above 0 and below 1.
  public var quantile: Double
  /// What the quantile must not exceed.
  public var most: Duration
  /// How sure that must be, one-sided, above 0 and below 1.
  public var confidence: Double

  /// The caller promises shares above 0 and below 1.
  public init(
    invariant: String, part: String, quantile: Double, most: Duration, confidence: Double
  ) {
    self.invariant = invariant
    self.part = part
    self.quantile = quantile
    self.most = most
    self.confidence = confidence
  }

  /// How many runs it takes at least.
  public var leastRuns: Int { bound.leastSample() }

  private var bound: QuantileBound { QuantileBound(of: quantile, confidence: confidence) }

  /// For a person: `p95 of first-good of 'failover-time' is at most 3s, with 95 %`.
  public var text: String {
    "p\(Decimal.trimmed(quantile * 100, decimals: 3)) of \(part) of '\(invariant)' is at most "
      + "\(most.text), with \(Proportion.percent(confidence))"
  }

  /// What the runs say.
  ///
  /// - Parameters:
  ///   - measured: one of each run that measured it; nil where it never came about while that looked.
  ///   - missing: how many runs could not tell.
  public func judge(_ measured: [Duration?], missing: Int) -> (verdict: Verdict, sentence: String) {
    let values = measured.map { $0?.nanoseconds ?? .max }
    let runs = values.count + missing
    // What is not known may have been anything: the most for one bound, the least for the other.
    let upper = bound.upper(of: values + Array(repeating: .max, count: missing))
    let lower = bound.lower(of: values + Array(repeating: 0, count: missing))
    let limit = most.nanoseconds
    let without = missing == 0 ? "" : ", \(missing) of which could not be judged"
    let of = "\(Wording.count(runs, "run"))\(without)"
    if let lower, lower > limit {
      return (.invalid, "it is \(Self.text(lower)) or more, by \(of)")
    }
    if let upper, upper <= limit {
      return (.valid, "it is at most \(Self.text(upper)), by \(of)")
    }
    let needed = bound.leastSample(missing: missing)
    if runs < needed {
      return (.unknown, "\(of) are too few to say so: at least \(needed) are needed")
    }
    let range = [
      lower.map { "at least \(Self.text($0))" }, upper.map { "at most \(Self.text($0))" },
    ]
    return (
      .unknown,
      "it is \(range.compactMap(\.self).joined(separator: " and ")), by \(of); more may tell"
    )
  }

  /// What the runs say, however each of them came out.
  public func judge(_ runs: [Measured]) -> (verdict: Verdict, sentence: String) {
    let measured = runs.compactMap { run -> Duration?? in
      switch run {
      case .took(let time): .some(time)
      case .never: .some(nil)
      case .unknown: nil
      }
    }
    return judge(measured, missing: runs.count - measured.count)
  }

  private static func text(_ nanoseconds: Int64) -> String {
    nanoseconds == .max ? "longer than was looked" : Wording.milliseconds(.nanoseconds(nanoseconds))
  }
}
