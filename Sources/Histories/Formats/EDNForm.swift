/// Reads one EDN form after another (github.com/edn-format/edn), with what Clojure prints beside
/// it: tagged records, metadata, namespaced maps, ratios, `##Inf`.
///
/// Tags are dropped and their forms kept; sets become lists; integers beyond 64 bits and exact
/// fractions become texts, so that no digit is lost.
struct EDNForm: Sendable {
  /// Deeper forms are refused: no history needs them, and a stack is finite.
  static let depthLimit = 96
  private var stack: [Value] = []

  /// Drops what a form that was cut off has left behind.
  mutating func reset() { stack.removeAll(keepingCapacity: true) }

  /// Reads one form, or skips it without keeping anything of it.
  mutating func value(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool = true, depth: Int = 0
  ) throws(ParseStop) -> Value {
    try EDNForm.skipBlank(&source)
    guard let byte = source.peek else { throw source.exhausted("a value") }
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"):
      return try number(&source, &values)
    case UInt8(ascii: ":"):
      let name = try token(&source, from: source.position + 1)
      guard !name.isEmpty else { throw .wrong(at: name.lowerBound, "a keyword without a name") }
      return keep ? values.symbol(utf8: source.bytes.span.extracting(name)) : .none
    case UInt8(ascii: "\""):
      return try text(&source, &values, keep: keep)
    case UInt8(ascii: "["), UInt8(ascii: "("):
      let close = byte == UInt8(ascii: "[") ? UInt8(ascii: "]") : UInt8(ascii: ")")
      return try sequence(&source, &values, to: close, keep: keep, depth: depth)
    case UInt8(ascii: "{"):
      return try map(&source, &values, keep: keep, depth: depth)
    case UInt8(ascii: "#"):
      return try dispatch(&source, &values, keep: keep, depth: depth)
    case UInt8(ascii: "^"):
      let inner = try deeper(depth, at: source.position)
      source.position += 1
      _ = try value(&source, &values, keep: false, depth: inner)
      return try value(&source, &values, keep: keep, depth: inner)
    case UInt8(ascii: "\\"):
      return try character(&source, &values)
    case UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "}"):
      throw .wrong(at: source.position, "an unexpected \(Character(UnicodeScalar(byte)))")
    default:
      return try word(&source, &values, keep: keep)
    }
  }

  private func deeper(_ depth: Int, at start: Int) throws(ParseStop) -> Int {
    guard depth < EDNForm.depthLimit else {
      throw .wrong(at: start, "nested deeper than \(EDNForm.depthLimit) levels")
    }
    return depth + 1
  }

  /// Skips white space, commas and comments.
  static func skipBlank(_ source: inout ByteSource) throws(ParseStop) {
    while let byte = source.peek {
      if byte.isBlank || byte == UInt8(ascii: ",") {
        source.position += 1
      } else if byte == UInt8(ascii: ";") {
        while let byte = source.peek, byte != UInt8(ascii: "\n") { source.position += 1 }
        if source.position == source.limit, !source.endsHere { throw .incomplete }
      } else {
        return
      }
    }
  }

  /// The extent of a token that begins at or before a position; moves past it.
  func token(_ source: inout ByteSource, from start: Int) throws(ParseStop) -> Range<Int> {
    var end = start
    while end < source.limit, !EDNForm.isDelimiter(source.bytes[end]) { end += 1 }
    if end >= source.limit, !source.endsHere { throw .incomplete }
    guard start <= end, end <= source.limit else { throw source.exhausted("a word") }
    source.position = end
    return start..<end
  }

  static func isDelimiter(_ byte: UInt8) -> Bool {
    if byte.isBlank { return true }
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "{"),
      UInt8(ascii: "}"):
      return true
    default: return false
    }
  }

  mutating func sequence(
    _ source: inout ByteSource, _ values: inout Values, to close: UInt8, keep: Bool, depth: Int
  ) throws(ParseStop) -> Value {
    let inner = try deeper(depth, at: source.position)
    source.position += 1
    let base = stack.count
    while true {
      try EDNForm.skipBlank(&source)
      guard let byte = source.peek else { throw source.exhausted("a list") }
      if byte == close { break }
      if try discards(&source, &values, depth: inner) { continue }
      let element = try value(&source, &values, keep: keep, depth: inner)
      if keep { stack.append(element) }
    }
    source.position += 1
    return keep ? values.list(popping: &stack, from: base) : .none
  }

  private mutating func map(
    _ source: inout ByteSource, _ values: inout Values, keep: Bool, depth: Int
  ) throws(ParseStop) -> Value {
    let inner = try deeper(depth, at: source.position)
    let start = source.position
    source.position += 1
    let base = stack.count
    var count = 0
    while true {
      try EDNForm.skipBlank(&source)
      guard let byte = source.peek else { throw source.exhausted("a map") }
      if byte == UInt8(ascii: "}") { break }
      if try discards(&source, &values, depth: inner) { continue }
      let element = try value(&source, &values, keep: keep, depth: inner)
      if keep { stack.append(element) }
      count += 1
    }
    guard count % 2 == 0 else { throw .wrong(at: start, "a map with a key but no value") }
    source.position += 1
    return keep ? values.map(popping: &stack, from: base) : .none
  }

  /// Skips `#_` and the form it discards; false when there is none here.
  mutating func discards(
    _ source: inout ByteSource, _ values: inout Values, depth: Int
  ) throws(ParseStop) -> Bool {
    guard source.peek == UInt8(ascii: "#") else { return false }
    guard source.position + 1 < source.limit else { throw source.exhausted("a tag") }
    guard source.bytes[source.position + 1] == UInt8(ascii: "_") else { return false }
    source.position += 2
    _ = try value(&source, &values, keep: false, depth: deeper(depth, at: source.position))
    return true
  }
}
