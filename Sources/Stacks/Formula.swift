internal import Basics

/// A computation with durations and plain numbers, as `predicts` of a component has it:
/// `2 * 500ms + 50ms`, `max(0s, 1s - 250ms / 2)`.
///
/// `+` and `-` join two of a kind, `*` takes at most one duration, `/` divides by a number, or a
/// duration by a duration. `min` and `max` take any count of one kind. Nothing else is known.
struct Formula {
  /// Either a plain number or a duration in nanoseconds.
  enum Quantity: Equatable {
    case number(Double)
    case time(Double)

    fileprivate var words: String {
      switch self {
      case .number: "a number"
      case .time: "a duration"
      }
    }
  }

  /// What is wrong with a text that should be a formula; no final full stop.
  struct Failure: Error, Equatable {
    let message: String
  }

  /// In bytes.
  private static let longest = 1000
  private static let deepest = 32

  private var rest: Substring
  private var depth = 0

  private init(_ text: String) { rest = text[...] }

  /// What the formula comes to, which must be a duration from nothing to a hundred years.
  static func duration(_ text: String) throws(Failure) -> Duration {
    guard case .time(let nanoseconds) = try value(text) else {
      throw Failure(message: "it comes to a number, not to a duration; write 100ms or 2s")
    }
    // What is below a nanosecond is the arithmetic's own.
    guard nanoseconds > -0.5 else { throw Failure(message: "it is less than nothing") }
    guard nanoseconds < 0x1p61 else { throw Failure(message: "it is too long for a duration") }
    return .nanoseconds(Int64(nanoseconds.rounded()))
  }

  static func value(_ text: String) throws(Failure) -> Quantity {
    guard text.utf8.count <= longest else {
      throw Failure(message: "it has at most \(longest) bytes")
    }
    var formula = Formula(text)
    let value = try formula.sum()
    formula.skip()
    guard formula.rest.isEmpty else { throw formula.strange() }
    return value
  }
}

// Reading, from the loosest binding to the tightest.
extension Formula {
  private mutating func sum() throws(Failure) -> Quantity {
    var left = try product()
    while let sign = take(of: ["+", "-"]) {
      left = try Self.add(left, try product(), sign: sign == "+" ? 1 : -1)
    }
    return left
  }

  private mutating func product() throws(Failure) -> Quantity {
    var left = try term()
    while let sign = take(of: ["*", "/"]) {
      let right = try term()
      left = try sign == "*" ? Self.multiply(left, right) : Self.divide(left, right)
    }
    return left
  }

  private mutating func term() throws(Failure) -> Quantity {
    if take(of: ["("]) != nil {
      return try within { (formula: inout Formula) throws(Failure) -> Quantity in try formula.sum()
      }
    }
    guard let first = rest.first else { throw Failure(message: "something is missing at its end") }
    if first.isLetter { return try function() }
    return try literal()
  }

  /// `min(…)` or `max(…)`.
  private mutating func function() throws(Failure) -> Quantity {
    let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
    guard ["min", "max"].contains(name) else {
      throw Failure(message: "there is no '\(name)'; only min and max are known")
    }
    rest = rest.dropFirst(name.count)
    guard take(of: ["("]) != nil else { throw Failure(message: "'(' is missing after '\(name)'") }
    return try within { (formula: inout Formula) throws(Failure) -> Quantity in
      var chosen = try formula.sum()
      while formula.take(of: [","]) != nil {
        chosen = try Self.choose(chosen, try formula.sum(), greatest: name == "max")
      }
      return chosen
    }
  }

  /// What stands in parentheses, the first of which has been taken.
  private mutating func within(
    _ read: (inout Formula) throws(Failure) -> Quantity
  ) throws(Failure) -> Quantity {
    depth += 1
    guard depth <= Self.deepest else {
      throw Failure(message: "it has at most \(Self.deepest) parentheses in each other")
    }
    let value = try read(&self)
    depth -= 1
    skip()
    guard take(of: [")"]) != nil else {
      throw rest.isEmpty ? Failure(message: "')' is missing at its end") : strange()
    }
    return value
  }

  /// `2`, `0.5`, `500ms`, `1.5s`.
  private mutating func literal() throws(Failure) -> Quantity {
    let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
    guard !digits.isEmpty else { throw strange() }
    guard let number = Double(digits), number.isFinite else {
      throw Failure(message: "'\(digits)' is no number")
    }
    rest = rest.dropFirst(digits.count)
    let unit = rest.prefix { $0.isLetter }
    rest = rest.dropFirst(unit.count)
    guard !unit.isEmpty else { return .number(number) }
    guard let duration = Duration(text: String(digits + unit)) else {
      throw Failure(
        message: "'\(digits)\(unit)' is no duration: the units are ns, us, ms, s, m and h")
    }
    return .time(Double(duration.nanoseconds))
  }

  private mutating func skip() { rest = rest.drop { $0.isWhitespace } }

  private mutating func take(of signs: [Character]) -> Character? {
    skip()
    guard let sign = rest.first, signs.contains(sign) else { return nil }
    rest = rest.dropFirst()
    skip()
    return sign
  }

  private func strange() -> Failure {
    Failure(message: "'\(rest.prefix(20))' was not expected there")
  }
}

// Computing.
extension Formula {
  private static func add(
    _ left: Quantity, _ right: Quantity, sign: Double
  ) throws(Failure) -> Quantity {
    switch (left, right) {
    case (.number(let a), .number(let b)): return .number(a + sign * b)
    case (.time(let a), .time(let b)): return .time(a + sign * b)
    default:
      let verb = sign > 0 ? "added to" : "taken from"
      throw Failure(
        message: "\(right.words) cannot be \(verb) \(left.words); write 0s for no time")
    }
  }

  private static func multiply(_ left: Quantity, _ right: Quantity) throws(Failure) -> Quantity {
    switch (left, right) {
    case (.number(let a), .number(let b)): return .number(a * b)
    case (.number(let a), .time(let b)), (.time(let a), .number(let b)): return .time(a * b)
    case (.time, .time):
      throw Failure(message: "two durations cannot be multiplied")
    }
  }

  private static func divide(_ left: Quantity, _ right: Quantity) throws(Failure) -> Quantity {
    switch (left, right) {
    case (_, .number(0)), (_, .time(0)): throw Failure(message: "it divides by zero")
    case (.number(let a), .number(let b)), (.time(let a), .time(let b)): return .number(a / b)
    case (.time(let a), .number(let b)): return .time(a / b)
    case (.number, .time): throw Failure(message: "a number cannot be divided by a duration")
    }
  }

  private static func choose(
    _ left: Quantity, _ right: Quantity, greatest: Bool
  ) throws(Failure) -> Quantity {
    switch (left, right) {
    case (.number(let a), .number(let b)): return .number(greatest ? max(a, b) : min(a, b))
    case (.time(let a), .time(let b)): return .time(greatest ? max(a, b) : min(a, b))
    default:
      throw Failure(message: "\(left.words) and \(right.words) cannot be compared")
    }
  }
}
