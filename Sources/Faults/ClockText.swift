internal import Basics

/// Clock settings that may be negative, as they are written in files.
enum ClockText {
  /// No clock is moved further: 100 years, beyond which programs fail for reasons of their own.
  static let farthest = Duration.seconds(100 * 365 * 24 * 3600)

  /// No clock is moved by less: it could not be told from none.
  static let nearest = Duration.milliseconds(1)

  /// Reads `1h`, `+1h` or `-30s`; nil when it is none of these.
  static func offset(_ text: String) -> Duration? {
    let isNegative = text.hasPrefix("-")
    let digits = isNegative || text.hasPrefix("+") ? String(text.dropFirst()) : text
    guard let first = digits.first, first.isNumber, let length = Duration(text: digits) else {
      return nil
    }
    return isNegative ? .zero - length : length
  }

  /// Reads `10%`, `-0.5%` or `200ppm` into parts per billion; nil when it is none of these.
  static func rate(_ text: String) -> Int64? {
    let units: [(String, Double)] = [("%", 1e7), ("ppm", 1e3)]
    for (unit, size) in units where text.hasSuffix(unit) {
      guard let number = Double(text.dropLast(unit.count)), number.magnitude < 1e9 else {
        return nil
      }
      return Int64((number * size).rounded())
    }
    return nil
  }

  /// `10%` or `-200ppm`.
  static func text(ofRate rate: Int64) -> String {
    rate.magnitude < 1_000_000
      ? Decimal.trimmed(Double(rate) / 1e3, decimals: 3) + "ppm"
      : Decimal.trimmed(Double(rate) / 1e7, decimals: 3) + "%"
  }

  /// `1h` in the text of a fault: in hours and minutes where these are whole.
  static func text(of offset: Duration) -> String {
    let seconds = offset.nanoseconds / 1_000_000_000
    guard offset.nanoseconds % 1_000_000_000 == 0, seconds != 0, seconds % 60 == 0 else {
      return offset.text
    }
    return seconds % 3600 == 0 ? "\(seconds / 3600)h" : "\(seconds / 60)m"
  }

  /// - Throws: that the key has no time by which a clock can be moved.
  static func shift(_ key: String, of settings: Settings) throws(FaultSettingsError) -> Duration {
    guard let offset = offset(settings.text(key) ?? ""),
      offset >= nearest || offset <= .zero - nearest,
      offset <= farthest, offset >= .zero - farthest
    else {
      throw FaultSettingsError(
        key,
        "a time from 1ms to 100 years is expected here, such as 1h, or -30s to set the clock back")
    }
    return offset
  }
}
