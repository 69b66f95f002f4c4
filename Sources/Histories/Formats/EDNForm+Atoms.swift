extension EDNForm {
  /// What follows a `#`: a set, a tagged form, a discarded one, a symbolic number.
  mutating func dispatch(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool, depth: Int
  ) throws(ParseStop) -> Value {
    guard depth < EDNForm.depthLimit else {
      throw .wrong(at: source.position, "nested deeper than \(EDNForm.depthLimit) levels")
    }
    guard source.position + 1 < source.limit else { throw source.exhausted("a tag") }
    let start = source.position
    switch source.bytes[start + 1] {
    case UInt8(ascii: "_"):
      _ = try discards(&source, &values, depth: depth)
      return try value(&source, &values, keep: keep, depth: depth + 1)
    case UInt8(ascii: "#"):
      return try symbolic(&source, &values)
    case UInt8(ascii: "{"):
      source.position += 1
      return try set(&source, &values, keep: keep, depth: depth)
    case UInt8(ascii: "'"):
      source.position += 2
      return try word(&source, &values, keep: keep)
    case UInt8(ascii: "\""):
      source.position += 1
      return try text(&source, &values, keep: keep)
    default:
      let tag = try token(&source, from: start + 1)
      guard !tag.isEmpty else { throw .wrong(at: start, "a # without a tag") }
      let form = try value(&source, &values, keep: keep, depth: depth + 1)
      let isSymbol = form.kind == .text && source.matches(tag, "faultline/symbol")
      return isSymbol ? Value(.symbol, payload: form.payload) : form
    }
  }

  /// A set is kept as the list of its elements, in the order written.
  private mutating func set(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool, depth: Int
  ) throws(ParseStop) -> Value {
    try sequence(&source, &values, to: UInt8(ascii: "}"), keep: keep, depth: depth)
  }

  private func symbolic(
    _ source: inout ByteSource, _ values: inout Values
  ) throws(ParseStop) -> Value {
    let name = try token(&source, from: source.position + 2)
    if source.matches(name, "Inf") { return values.number(.infinity) }
    if source.matches(name, "-Inf") { return values.number(-.infinity) }
    if source.matches(name, "NaN") { return values.number(.nan) }
    throw .wrong(at: name.lowerBound, "an unknown number ##\(source.text(name))")
  }

  func number(_ source: inout ByteSource, _ values: inout Values) throws(ParseStop) -> Value {
    let start = source.position
    var position = start
    let isNegative = source.bytes[position] == UInt8(ascii: "-")
    if !source.bytes[position].isDigit { position += 1 }
    let digits = position
    var magnitude: Int64 = 0
    while position < source.limit, source.bytes[position].isDigit, position - digits < 18 {
      magnitude = magnitude * 10 + Int64(source.bytes[position] &- UInt8(ascii: "0"))
      position += 1
    }
    if position > digits, position < source.limit, EDNForm.endsNumber(source.bytes[position]) {
      source.position = position
      return values.integer(isNegative ? -magnitude : magnitude)
    }
    return try unusualNumber(token(&source, from: start), source, &values)
  }

  private static func endsNumber(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]")
      || byte == UInt8(ascii: "}") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "\n")
  }

  /// Wide integers, fractions, floating-point and hexadecimal numbers; `+` and `-` alone are
  /// symbols.
  private func unusualNumber(
    _ range: Range<Int>, _ source: ByteSource, _ values: inout Values
  ) throws(ParseStop) -> Value {
    var text = source.text(range)
    guard text.utf8.contains(where: \.isDigit) else { return values.symbol(text) }
    if let integer = Int64(text) { return values.integer(integer) }
    if let hexadecimal = NumberText.hexadecimal(text) {
      return Int64(hexadecimal, radix: 16).map { values.integer($0) } ?? values.text(text)
    }
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    let isPlain = digits.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "/") }
    if text.hasSuffix("N") || isPlain {
      if text.hasSuffix("N") { text.removeLast() }
      if let integer = Int64(text) { return values.integer(integer) }
      let isExact = text.utf8.dropFirst().allSatisfy { $0.isDigit || $0 == UInt8(ascii: "/") }
      if isExact { return values.text(text) }
    }
    if text.hasSuffix("M") { text.removeLast() }
    let isDecimal = text.utf8.allSatisfy {
      $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E")
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+")
    }
    guard isDecimal, let number = Double(text) else {
      throw .wrong(at: range.lowerBound, "\(source.text(range)) is not a number")
    }
    return NumberText.whole(text).map { values.integer($0) } ?? values.number(number)
  }

  /// `nil`, `true`, `false`, or a bare symbol.
  func word(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool
  ) throws(ParseStop) -> Value {
    let name = try token(&source, from: source.position)
    guard !name.isEmpty else { throw .wrong(at: name.lowerBound, "an unexpected character") }
    if source.matches(name, "nil") { return .none }
    if source.matches(name, "true") { return .true }
    if source.matches(name, "false") { return .false }
    return keep ? values.symbol(utf8: source.bytes.span.extracting(name)) : .none
  }

  /// `\c`, `\newline`, `\u0041`: a text of one character.
  func character(_ source: inout ByteSource, _ values: inout Values) throws(ParseStop) -> Value {
    let start = source.position + 1
    guard start < source.limit else { throw source.exhausted("a character") }
    let first = start..<start + 1
    let range =
      EDNForm.letterLike(source.bytes[start]) ? try token(&source, from: start) : first
    if range == first { source.position = start + 1 }
    switch source.text(range) {
    case "newline": return values.text("\n")
    case "space": return values.text(" ")
    case "tab": return values.text("\t")
    case "return": return values.text("\r")
    case let name where name.hasPrefix("u") && name.utf8.count == 5:
      guard let code = UInt32(name.dropFirst(), radix: 16), let scalar = UnicodeScalar(code)
      else { return values.text(name) }
      return values.text(String(Character(scalar)))
    default: return values.text(utf8: source.bytes.span.extracting(range))
    }
  }

  private static func letterLike(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
  }

  /// A text between quotation marks; without an escape its bytes are taken as they stand.
  func text(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool
  ) throws(ParseStop) -> Value {
    try QuotedText.read(&source, &values, keep: keep, isJSON: false)
  }
}
