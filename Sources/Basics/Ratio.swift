/// A share between nothing (0) and everything (1), written as a percentage in files.
public struct Ratio: Hashable, Sendable, Comparable {
  /// Between 0 and 1.
  public let value: Double

  /// Nothing, 0 %.
  public static let none = Ratio(0)
  /// Everything, 100 %.
  public static let all = Ratio(1)

  /// The caller promises a value between 0 and 1.
  public init(_ value: Double) {
    precondition(value >= 0 && value <= 1)
    self.value = value
  }

  /// Reads `1%`, `0.5%` or `0.01`; nil when it is neither, or lies outside 0 to 1.
  public init?(text: some StringProtocol) {
    let isPercentage = text.hasSuffix("%")
    guard let number = Double(isPercentage ? String(text.dropLast()) : String(text)) else {
      return nil
    }
    let value = isPercentage ? number / 100 : number
    guard value >= 0, value <= 1 else { return nil }
    self.value = value
  }

  public static func < (a: Ratio, b: Ratio) -> Bool { a.value < b.value }
}

extension Ratio: CustomStringConvertible {
  /// A percentage with at most three decimals: `1%`, `99.95%`.
  public var description: String { Decimal.trimmed(value * 100, decimals: 3) + "%" }
}
