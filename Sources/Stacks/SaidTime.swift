internal import Basics

/// A time as a server said it, and how exactly.
public struct SaidTime: Hashable, Sendable {
  /// Nanoseconds since 1970, the earliest that was meant.
  public let nanoseconds: Int64
  /// From one time that can be said to the next: what was meant lies less than that later.
  public let step: Duration

  /// Reads seconds since 1970 (`1700000000.25`; the digits behind the point tell how exactly), a
  /// universal time of ISO 8601 (`2026-01-31T08:15:00.5Z`, also with a space for `T`, `+00` or
  /// nothing for `Z`), or a date of HTTP (`Sat, 31 Jan 2026 08:15:00 GMT`); nil when it is none of these.
  public init?(_ text: String) {
    if let seconds = Self.number(text[...]) {
      self = seconds
    } else if let moment = Self.iso(text) ?? Self.http(text) {
      self = moment
    } else {
      return nil
    }
  }

  /// How far ahead of the true time the server's clock is, as far as that can be told.
  ///
  /// - Parameters:
  ///   - asked: true time before it was asked, in nanoseconds since 1970.
  ///   - answered: the same once it had answered.
  public func ahead(asked: Int64, answered: Int64) -> ClosedRange<Duration> {
    let least = nanoseconds - max(asked, answered)
    let most = nanoseconds + step.nanoseconds - asked
    return .nanoseconds(least) ... .nanoseconds(max(least, most))
  }

  private init(_ nanoseconds: Int64, _ step: Duration) {
    self.nanoseconds = nanoseconds
    self.step = step
  }

  /// Digits, and perhaps a point and at most nine digits that count.
  private static func number(_ text: Substring) -> SaidTime? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, isDigits(whole), whole.utf8.count <= 10,
      let seconds = Int64(whole)
    else { return nil }
    guard parts.count == 2 else { return SaidTime(seconds * 1_000_000_000, .seconds(1)) }
    guard isDigits(parts[1]) else { return nil }
    let digits = parts[1].prefix(9)
    let step = (digits.utf8.count..<9).reduce(Int64(1)) { value, _ in value * 10 }
    guard let fraction = Int64(digits) else { return nil }
    return SaidTime(seconds * 1_000_000_000 + fraction * step, .nanoseconds(step))
  }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
  }

  private static func iso(_ text: String) -> SaidTime? {
    var text = text[...]
    for end in ["Z", "+00:00", "+00"] where text.hasSuffix(end) {
      text = text.dropLast(end.count)
      break
    }
    let halves = text.split(whereSeparator: { $0 == "T" || $0 == " " })
    guard halves.count == 2 else { return nil }
    let date = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    guard date.count == 3, date[0].utf8.count == 4, date.allSatisfy(isDigits) else { return nil }
    return moment(year: Int64(date[0]), month: Int64(date[1]), day: Int64(date[2]), halves[1])
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func http(_ text: String) -> SaidTime? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT", isDigits(words[1]),
      isDigits(words[3]), let month = months.firstIndex(of: String(words[2]))
    else { return nil }
    return moment(
      year: Int64(words[3]), month: Int64(month + 1), day: Int64(words[1]), words[4])
  }

  private static func moment(
    year: Int64?, month: Int64?, day: Int64?, _ clock: Substring
  ) -> SaidTime? {
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
    guard let year, let month, let day, (1970...2200).contains(year), (1...12).contains(month),
      (1...31).contains(day), parts.count == 3, isDigits(parts[0]), isDigits(parts[1]),
      let hours = Int64(parts[0]), let minutes = Int64(parts[1]), let seconds = number(parts[2]),
      hours < 24, minutes < 60, seconds.nanoseconds < 61_000_000_000
    else { return nil }
    let whole = (days(year, month, day) * 24 + hours) * 3600 + minutes * 60
    return SaidTime(whole * 1_000_000_000 + seconds.nanoseconds, seconds.step)
  }

  /// Days since 1970 in the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date
  /// Algorithms", days_from_civil).
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let ofEra = year - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }
}
