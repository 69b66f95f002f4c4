extension Duration {
  /// Reads `500ms`, `1.5s`, `20us`, `3m`, `1h`, `7d` or `0`; nil when it is none of these or negative.
  public init?(text: some StringProtocol) {
    let text = String(text)
    let digits = text.prefix { $0.isNumber || $0 == "." }
    guard let number = Double(digits), number >= 0, number.isFinite else { return nil }
    let unit: Double
    switch text.dropFirst(digits.count) {
    case "ns": unit = 1
    case "us", "µs": unit = 1e3
    case "ms": unit = 1e6
    case "s": unit = 1e9
    case "m", "min": unit = 60e9
    case "h": unit = 3600e9
    case "d": unit = 86_400e9
    case "" where number == 0: unit = 1
    default: return nil
    }
    guard number * unit < 0x1p62 else { return nil }
    self = .nanoseconds(Int64((number * unit).rounded()))
  }

  /// Fractional seconds, for arithmetic with rates.
  public var seconds: Double { Double(nanoseconds) / 1e9 }

  /// Fractional milliseconds, the unit of latencies in reports.
  public var milliseconds: Double { Double(nanoseconds) / 1e6 }

  /// As a person writes it, in the largest unit below it, three decimals at most: `1.5s`, `20ms`.
  public var text: String {
    let ns = Double(nanoseconds)
    switch ns.magnitude {
    case 0: return "0s"
    case ..<1e3: return Decimal.trimmed(ns, decimals: 0) + "ns"
    case ..<1e6: return Decimal.trimmed(ns / 1e3, decimals: 3) + "us"
    case ..<1e9: return Decimal.trimmed(ns / 1e6, decimals: 3) + "ms"
    default: return Decimal.trimmed(ns / 1e9, decimals: 3) + "s"
    }
  }
}
