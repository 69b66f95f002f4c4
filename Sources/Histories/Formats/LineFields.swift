/// Takes a line apart into fields; every field is a range of the source's bytes.
struct LineFields {
  /// The fields between separators, without the blanks around them; runs of separators count
  /// as one. Between spaces there is no empty field: other blanks alone are none.
  static func split(
    _ line: Range<Int>, _ source: ByteSource, by separator: UInt8, atMost limit: Int = .max
  ) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var position = line.lowerBound
    while position < line.upperBound {
      while position < line.upperBound, source.bytes[position] == separator { position += 1 }
      guard position < line.upperBound else { break }
      var end = position
      if fields.count == limit - 1 {
        end = line.upperBound
      } else {
        while end < line.upperBound, source.bytes[end] != separator { end += 1 }
      }
      let field = trimmed(position..<end, source)
      if separator != 32 || !field.isEmpty { fields.append(field) }
      position = end
    }
    return fields
  }

  static func trimmed(_ range: Range<Int>, _ source: ByteSource) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, source.bytes[start].isBlank { start += 1 }
    while end > start, source.bytes[end - 1].isBlank { end -= 1 }
    return start..<end
  }

  /// A whole number; anything else is an error that names what was expected.
  static func integer(
    _ range: Range<Int>, _ source: ByteSource, _ what: String
  ) throws(ParseStop) -> Int64 {
    guard let integer = Int64(source.text(range)) else {
      throw .wrong(
        at: range.lowerBound, "\(what) must be a whole number, not '\(source.excerpt(range))'")
    }
    return integer
  }
}

extension ByteSource {
  /// A piece of text for an error message, cut where it grows long.
  func excerpt(_ range: Range<Int>) -> String {
    range.count <= 40 ? text(range) : text(range.lowerBound..<range.lowerBound + 40) + "…"
  }

  /// Runs a reader of forms on a part of the bytes only, which it must use up.
  mutating func within<T>(
    _ range: Range<Int>, _ read: (inout ByteSource) throws(ParseStop) -> T
  ) throws(ParseStop) -> T {
    let (savedPosition, savedLimit) = (position, limit)
    (position, limit) = (range.lowerBound, range.upperBound)
    defer { (position, limit) = (savedPosition, savedLimit) }
    let result: T
    do throws(ParseStop) {
      result = try read(&self)
    } catch {
      guard case .incomplete = error else { throw error }
      throw .wrong(at: range.upperBound, "the line ends inside a value")
    }
    while let byte = peek, byte.isBlank || byte == UInt8(ascii: ",") { position += 1 }
    guard position == limit else {
      throw .wrong(at: position, "unexpected '\(excerpt(position..<limit))' after the value")
    }
    return result
  }
}
