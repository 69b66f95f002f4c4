internal import Basics

extension Proportion {
  /// `3 of 20`.
  public var counts: String { "\(count) of \(trials)" }

  /// For a person, with Wilson's interval: `3 of 20, 15 % (95 % interval 5.2 % to 36 %)`.
  public var text: String {
    guard let share else { return "never tried" }
    let interval = wilson()
    return
      "\(counts), \(Self.percent(share)) (95 % interval \(Self.percent(interval.lowerBound)) to "
      + "\(Self.percent(interval.upperBound)))"
  }

  /// A share as a percentage with one decimal at most.
  public static func percent(_ share: Double) -> String {
    "\(Decimal.trimmed(share * 100, decimals: 1)) %"
  }
}
