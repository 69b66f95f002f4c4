/// The bytes at hand of a file that arrives in pieces, with a place to read at.
struct ByteSource: Sendable {
  private(set) var bytes: [UInt8] = []
  var position = 0
  /// Where reading ends: at the end of the bytes, or of the line or field being read.
  var limit = 0
  /// No more bytes follow those at hand.
  private(set) var isComplete = false
  private var linesBefore = 0
  private var columnsBefore = 0

  /// Begins anew with other bytes.
  mutating func replace(with text: Span<UInt8>) {
    bytes.removeAll(keepingCapacity: true)
    for offset in 0..<text.count { bytes.append(text[offset]) }
    position = 0
    limit = bytes.count
  }

  /// Takes the next piece and forgets what was read.
  mutating func append(_ piece: [UInt8]) {
    forgetRead()
    if bytes.isEmpty { bytes = piece } else { bytes.append(contentsOf: piece) }
    limit = bytes.count
  }

  mutating func complete() { isComplete = true }

  private mutating func forgetRead() {
    guard position > 0 else { return }
    (linesBefore, columnsBefore) = lineAndColumn(position)
    bytes.removeSubrange(..<position)
    position = 0
  }

  private func lineAndColumn(_ offset: Int) -> (Int, Int) {
    let end = min(offset, bytes.count)
    var lines = 0
    for byte in bytes[..<end] { lines &+= byte == UInt8(ascii: "\n") ? 1 : 0 }
    guard lines > 0 else { return (linesBefore, columnsBefore + offset) }
    var lineStart = end
    while bytes[lineStart - 1] != UInt8(ascii: "\n") { lineStart -= 1 }
    return (linesBefore + lines, offset - lineStart)
  }

  /// An error with the line and column of a position among the bytes at hand.
  func error(at offset: Int, _ message: String) -> FormatError {
    let (lines, column) = lineAndColumn(offset)
    return FormatError(line: lines + 1, column: column + 1, message: message)
  }

  /// True when nothing can follow what is left to read.
  var endsHere: Bool { isComplete || limit < bytes.count }

  @inline(__always) var peek: UInt8? { position < limit ? bytes[position] : nil }

  /// What to throw when the bytes run out inside something.
  func exhausted(_ inside: String) -> ParseStop {
    endsHere ? .wrong(at: limit, "the text ends inside \(inside)") : .incomplete
  }

  /// Reads to the end of the next line, which it leaves out; nil when nothing is left.
  ///
  /// - Throws: `incomplete` when the line's end has not arrived yet.
  mutating func nextLine() throws(ParseStop) -> Range<Int>? {
    limit = bytes.count
    guard position < limit else { return nil }
    var end = position
    while end < limit, bytes[end] != UInt8(ascii: "\n") { end += 1 }
    if end == limit, !isComplete { throw .incomplete }
    let start = position
    position = min(end + 1, limit)
    let hasReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
    return start..<(hasReturn ? end - 1 : end)
  }

  func matches(_ range: Range<Int>, _ word: StaticString) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { word in
      for offset in 0..<range.count
      where unsafe bytes[range.lowerBound + offset] != word[offset] {
        return false
      }
      return true
    }
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  /// Space, tab, line feed, carriage return, form feed.
  var isBlank: Bool { self == 32 || (self >= 9 && self <= 13) }
}
