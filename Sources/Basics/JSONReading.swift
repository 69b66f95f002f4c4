/// Reads JSON (RFC 8259) as it comes from services and drivers: strict, one value a text, bounded in depth.
extension JSON {
  /// How deep arrays and objects may be nested.
  public static let deepest = 64

  /// What is wrong with a text, and where.
  public struct ReadingError: Error, Hashable, Sendable {
    /// The offset of the first byte that is wrong, from 0.
    public let offset: Int
    /// What was expected there.
    public let message: String
  }

  /// The value that a text is; white space around it does not count.
  ///
  /// A number without fraction and exponent that fits 64 bits is an integer, any other a number.
  public init(reading text: String) throws(ReadingError) {
    var bytes = Array(text.utf8)
    // So that no end has to be looked for.
    bytes.append(0)
    try self.init(zeroEnded: bytes)
  }

  private init(zeroEnded bytes: [UInt8]) throws(ReadingError) {
    var reader = JSONTextReader(bytes)
    self = try reader.value(depth: 0)
    reader.skipBlank()
    guard reader.isAtEnd else { throw reader.expected("the end of the text") }
  }
}

/// A place in the bytes of a text, which end with a zero.
private struct JSONTextReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count - 1 }
  private var next: UInt8 { bytes[position] }

  func expected(_ what: String) -> JSON.ReadingError {
    .init(offset: position, message: "\(what) is expected here")
  }

  mutating func skipBlank() {
    while next == 0x20 || next == 0x0a || next == 0x0d || next == 0x09 { position += 1 }
  }

  mutating func value(depth: Int) throws(JSON.ReadingError) -> JSON {
    skipBlank()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw expected("a value")
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSON.ReadingError) -> JSON {
    for byte in word.utf8 {
      guard next == byte else { throw expected("'\(word)'") }
      position += 1
    }
    return value
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipBlank()
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func array(depth: Int) throws(JSON.ReadingError) -> JSON {
    guard depth <= JSON.deepest else { throw expected("less than \(JSON.deepest) levels") }
    position += 1
    var elements: [JSON] = []
    if take(UInt8(ascii: "]")) { return .array(elements) }
    while true {
      elements.append(try value(depth: depth))
      if take(UInt8(ascii: "]")) { return .array(elements) }
      guard take(UInt8(ascii: ",")) else { throw expected("',' or ']'") }
    }
  }

  private mutating func object(depth: Int) throws(JSON.ReadingError) -> JSON {
    guard depth <= JSON.deepest else { throw expected("less than \(JSON.deepest) levels") }
    position += 1
    var members: [JSON.Member] = []
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipBlank()
      guard next == UInt8(ascii: "\"") else { throw expected("a name in quotes") }
      let name = try string()
      guard take(UInt8(ascii: ":")) else { throw expected("':'") }
      members.append(.init(name, try value(depth: depth)))
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw expected("',' or '}'") }
    }
  }

  /// Bytes that are no UTF-8 become U+FFFD.
  private mutating func string() throws(JSON.ReadingError) -> String {
    position += 1
    let start = position
    while next != UInt8(ascii: "\""), next != UInt8(ascii: "\\"), next >= 0x20 { position += 1 }
    if next == UInt8(ascii: "\"") {
      defer { position += 1 }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }
    var text = Array(bytes[start..<position])
    while next != UInt8(ascii: "\"") {
      guard next >= 0x20 else { throw expected("the end of the text in quotes") }
      if next == UInt8(ascii: "\\") {
        text += try escaped()
      } else {
        text.append(next)
        position += 1
      }
    }
    position += 1
    return String(decoding: text, as: UTF8.self)
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5c, UInt8(ascii: "/"): 0x2f,
    UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0c, UInt8(ascii: "n"): 0x0a,
    UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x09,
  ]

  private mutating func escaped() throws(JSON.ReadingError) -> [UInt8] {
    position += 1
    if let byte = Self.escapes[next] {
      position += 1
      return [byte]
    }
    let first = try unit()
    guard first & 0xfc00 == 0xd800, next == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { return Array(String(decoding: [first], as: UTF16.self).utf8) }
    position += 1
    let second = try unit()
    return Array(String(decoding: [first, second], as: UTF16.self).utf8)
  }

  /// `u0041`, from the `u` on.
  private mutating func unit() throws(JSON.ReadingError) -> UInt16 {
    guard next == UInt8(ascii: "u") else { throw expected("an escape") }
    position += 1
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(next)).hexDigitValue, next < 0x80 else {
        throw expected("a hexadecimal digit")
      }
      unit = unit << 4 | UInt16(truncatingIfNeeded: digit)
      position += 1
    }
    return unit
  }

  private mutating func digits() throws(JSON.ReadingError) {
    guard isDigit else { throw expected("a digit") }
    while isDigit { position += 1 }
  }

  private var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) }

  private mutating func number() throws(JSON.ReadingError) -> JSON {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
    var isWhole = true
    if next == UInt8(ascii: ".") {
      isWhole = false
      position += 1
      try digits()
    }
    if next | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let integer = Int64(text) { return .integer(integer) }
    return .number(Double(text) ?? .infinity)
  }
}
