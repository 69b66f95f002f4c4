/// A text between quotation marks, as JSON and EDN write it.
enum QuotedText {
  /// Reads it as a text value; nothing is kept when `keep` is false.
  static func read(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool, isJSON: Bool
  ) throws(ParseStop) -> Value {
    let (range, hasEscape) = try extent(&source)
    guard keep else { return .none }
    guard hasEscape else { return values.text(utf8: source.bytes.span.extracting(range)) }
    let bytes = try unescaped(source, range, isJSON: isJSON)
    return values.text(utf8: bytes.span)
  }

  /// Passes a text; where it lies between its marks, and whether it must be unescaped.
  static func extent(
    _ source: inout ByteSource
  ) throws(ParseStop) -> (range: Range<Int>, hasEscape: Bool) {
    let start = source.position + 1
    var end = start
    var hasEscape = false
    while true {
      guard end < source.limit else { throw source.exhausted("a text") }
      let byte = source.bytes[end]
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        hasEscape = true
        end += 1
      }
      end += 1
    }
    source.position = end + 1
    return (start..<end, hasEscape)
  }

  private static func unescaped(
    _ source: ByteSource, _ range: Range<Int>, isJSON: Bool
  ) throws(ParseStop) -> [UInt8] {
    var output: [UInt8] = []
    var position = range.lowerBound
    while position < range.upperBound {
      let byte = source.bytes[position]
      position += 1
      guard byte == UInt8(ascii: "\\") else {
        output.append(byte)
        continue
      }
      let escape = source.bytes[position]
      position += 1
      switch escape {
      case UInt8(ascii: "n"): output.append(10)
      case UInt8(ascii: "t"): output.append(9)
      case UInt8(ascii: "r"): output.append(13)
      case UInt8(ascii: "b"): output.append(8)
      case UInt8(ascii: "f"): output.append(12)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(escape)
      case UInt8(ascii: "u"):
        output += String(Character(try scalar(source, &position, range.upperBound))).utf8
      default:
        if isJSON { throw .wrong(at: position - 2, "an unknown escape in a text") }
        output += [byte, escape]
      }
    }
    return output
  }

  /// Four hexadecimal digits, and four more where they begin a surrogate pair.
  private static func scalar(
    _ source: ByteSource, _ position: inout Int, _ end: Int
  ) throws(ParseStop) -> UnicodeScalar {
    let unit = try hex(source, &position, end)
    if let scalar = UnicodeScalar(unit) { return scalar }
    guard unit < 0xdc00, position + 6 <= end, source.bytes[position] == UInt8(ascii: "\\"),
      source.bytes[position + 1] == UInt8(ascii: "u")
    else { return "\u{fffd}" }
    position += 2
    let low = try hex(source, &position, end)
    guard low >= 0xdc00, low < 0xe000 else { return "\u{fffd}" }
    return UnicodeScalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)) ?? "\u{fffd}"
  }

  private static func hex(
    _ source: ByteSource, _ position: inout Int, _ end: Int
  ) throws(ParseStop) -> UInt32 {
    guard position + 4 <= end,
      let unit = UInt32(source.text(position..<position + 4), radix: 16)
    else { throw .wrong(at: position, "four hexadecimal digits must follow \\u") }
    position += 4
    return unit
  }
}
