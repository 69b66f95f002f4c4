/// Reads one JSON value after another (RFC 8259).
struct JSONForm: Sendable {
  enum Dialect: Sendable {
    /// As others write it. An object's key that is a whole number becomes one, for JSON can write
    /// it only as a text (`{"0": 100}` for a map from account to balance).
    case plain
    /// As `JSONText` writes it: `":r"` is a symbol, `"~…"` what JSON has no way to write.
    case faultline
  }

  let dialect: Dialect
  private var stack: [Value] = []

  init(_ dialect: Dialect) { self.dialect = dialect }

  mutating func reset() { stack.removeAll(keepingCapacity: true) }

  static func skipBlank(_ source: inout ByteSource) {
    while let byte = source.peek, byte.isBlank { source.position += 1 }
  }

  /// Passes a mark that must stand here.
  static func expect(
    _ mark: UInt8, _ source: inout ByteSource, in place: String
  ) throws(ParseStop) {
    skipBlank(&source)
    guard let byte = source.peek else { throw source.exhausted(place) }
    guard byte == mark else {
      throw .wrong(
        at: source.position, "expected \(Character(UnicodeScalar(mark))) in \(place)")
    }
    source.position += 1
  }

  /// After an element: true when another follows, false when the closing mark was passed.
  static func continues(
    _ source: inout ByteSource, to close: UInt8, in place: String
  ) throws(ParseStop) -> Bool {
    skipBlank(&source)
    guard let byte = source.peek else { throw source.exhausted(place) }
    guard byte == close || byte == UInt8(ascii: ",") else {
      throw .wrong(at: source.position, "expected a comma or the end of \(place)")
    }
    source.position += 1
    return byte != close
  }

  /// Passes the closing mark of something empty; false when there is content.
  static func isEmpty(
    _ source: inout ByteSource, to close: UInt8, in place: String
  ) throws(ParseStop) -> Bool {
    skipBlank(&source)
    guard let byte = source.peek else { throw source.exhausted(place) }
    guard byte == close else { return false }
    source.position += 1
    return true
  }

  /// Reads one value, or skips it without keeping anything of it.
  mutating func value(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool = true, depth: Int = 0
  ) throws(ParseStop) -> Value {
    JSONForm.skipBlank(&source)
    guard let byte = source.peek else { throw source.exhausted("a value") }
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      return try number(&source, &values)
    case UInt8(ascii: "\""):
      return try text(&source, &values, keep: keep)
    case UInt8(ascii: "["): return try array(&source, &values, keep: keep, depth: depth)
    case UInt8(ascii: "{"): return try object(&source, &values, keep: keep, depth: depth)
    default: return try word(&source)
    }
  }

  private func text(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool
  ) throws(ParseStop) -> Value {
    let start = source.position
    let (range, hasEscape) = try QuotedText.extent(&source)
    guard keep else { return .none }
    if !hasEscape {
      let isSymbol =
        dialect == .faultline && !range.isEmpty
        && source.bytes[range.lowerBound] == UInt8(ascii: ":")
      if isSymbol { return values.symbol(utf8: source.bytes.span.extracting(range.dropFirst())) }
    }
    source.position = start
    let text = try QuotedText.read(&source, &values, keep: keep, isJSON: true)
    return dialect == .faultline ? JSONText.decoded(text, &values) : text
  }

  private func deeper(_ depth: Int, at start: Int) throws(ParseStop) -> Int {
    guard depth < EDNForm.depthLimit else {
      throw .wrong(at: start, "nested deeper than \(EDNForm.depthLimit) levels")
    }
    return depth + 1
  }

  private mutating func array(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool, depth: Int
  ) throws(ParseStop) -> Value {
    let inner = try deeper(depth, at: source.position)
    source.position += 1
    let base = stack.count
    let close = UInt8(ascii: "]")
    if try !JSONForm.isEmpty(&source, to: close, in: "an array") {
      repeat {
        let element = try value(&source, &values, keep: keep, depth: inner)
        if keep { stack.append(element) }
      } while try JSONForm.continues(&source, to: close, in: "an array")
    }
    return keep ? values.list(popping: &stack, from: base) : .none
  }

  private mutating func object(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool, depth: Int
  ) throws(ParseStop) -> Value {
    let inner = try deeper(depth, at: source.position)
    source.position += 1
    let base = stack.count
    let close = UInt8(ascii: "}")
    if try !JSONForm.isEmpty(&source, to: close, in: "an object") {
      repeat {
        let key = try key(&source, &values, keep: keep)
        try JSONForm.expect(UInt8(ascii: ":"), &source, in: "an object")
        let element = try value(&source, &values, keep: keep, depth: inner)
        if keep { stack += [key, element] }
      } while try JSONForm.continues(&source, to: close, in: "an object")
    }
    guard keep else { return .none }
    if dialect == .faultline, stack.count == base + 2, stack[base] == values.symbol("~pairs"),
      let pairs = values.elements(stack[base + 1]).map(Array.init), pairs.count % 2 == 0
    {
      stack.removeSubrange(base...)
      return values.map(pairs)
    }
    return values.map(popping: &stack, from: base)
  }

  private func key(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool
  ) throws(ParseStop) -> Value {
    JSONForm.skipBlank(&source)
    guard let byte = source.peek else { throw source.exhausted("an object") }
    guard byte == UInt8(ascii: "\"") else {
      throw .wrong(at: source.position, "an object's key must be a text")
    }
    let start = source.position + 1
    let text = try QuotedText.read(&source, &values, keep: keep, isJSON: true)
    if dialect == .faultline { return JSONText.decodedKey(text, &values) }
    let range = start..<source.position - 1
    let isNumeric = !range.isEmpty && range.count < 19
    guard isNumeric, source.bytes[start].isDigit || source.bytes[start] == UInt8(ascii: "-"),
      let integer = Int64(source.text(range)), String(integer) == source.text(range)
    else { return text }
    return values.integer(integer)
  }
}
