/// Makes plain UTF-8 of a text that arrives in pieces: drops the byte order mark, and turns UTF-16
/// with such a mark into UTF-8.
///
/// Text without a mark is UTF-8 or what looks like it: UTF-16 without one is not guessed. Half a
/// surrogate pair becomes U+FFFD.
public struct TextDecoder: Sendable {
  private enum Encoding { case utf8, utf16(isBig: Bool) }

  /// Nil until the first bytes have told.
  private var encoding: Encoding?
  /// Bytes that wait for those that follow them: before the encoding is known, or half a unit.
  private var held: [UInt8] = []
  /// The first half of a surrogate pair.
  private var high: UInt16?

  /// A decoder of a text of which nothing is known.
  public init() {}

  /// The next piece as UTF-8; what a later piece must complete is kept back.
  ///
  /// - Throws: when the mark is that of an encoding that is not read.
  public mutating func decode(_ piece: [UInt8]) throws(FormatError) -> [UInt8] {
    if case .utf8? = encoding { return piece }
    held += piece
    if encoding == nil {
      guard held.count >= 4 else { return [] }
      try choose()
    }
    return take()
  }

  /// What was kept back, once every piece was decoded.
  ///
  /// - Throws: when the text ends inside a character.
  public mutating func finish() throws(FormatError) -> [UInt8] {
    if encoding == nil { try choose() }
    var rest = take()
    guard held.isEmpty else {
      throw FormatError(line: 1, message: "the UTF-16 text ends inside a character")
    }
    if high != nil { TextDecoder.append(0xfffd, to: &rest) }
    high = nil
    return rest
  }

  private mutating func choose() throws(FormatError) {
    if held.starts(with: [0xff, 0xfe, 0, 0]) || held.starts(with: [0, 0, 0xfe, 0xff]) {
      throw FormatError(line: 1, message: "this is UTF-32; save it as UTF-8")
    }
    var mark = 0
    if held.starts(with: [0xef, 0xbb, 0xbf]) {
      (encoding, mark) = (.utf8, 3)
    } else if held.starts(with: [0xff, 0xfe]) {
      (encoding, mark) = (.utf16(isBig: false), 2)
    } else if held.starts(with: [0xfe, 0xff]) {
      (encoding, mark) = (.utf16(isBig: true), 2)
    } else {
      encoding = .utf8
    }
    held.removeFirst(mark)
  }

  /// Decodes what is held, as far as it goes.
  private mutating func take() -> [UInt8] {
    let bytes = held
    held.removeAll()
    guard case .utf16(let isBig)? = encoding else { return bytes }
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var position = 0
    while position + 1 < bytes.count {
      let (first, second) = (UInt16(bytes[position]), UInt16(bytes[position + 1]))
      take(isBig ? first << 8 | second : second << 8 | first, to: &output)
      position += 2
    }
    held += bytes[position...]
    return output
  }

  private mutating func take(_ unit: UInt16, to output: inout [UInt8]) {
    if let first = high {
      high = nil
      if UTF16.isTrailSurrogate(unit) {
        let pair = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(unit) - 0xdc00)
        return TextDecoder.append(pair, to: &output)
      }
      TextDecoder.append(0xfffd, to: &output)
    }
    if UTF16.isLeadSurrogate(unit) {
      high = unit
    } else {
      TextDecoder.append(UTF16.isTrailSurrogate(unit) ? 0xfffd : UInt32(unit), to: &output)
    }
  }

  private static func append(_ scalar: UInt32, to output: inout [UInt8]) {
    if scalar < 0x80 { return output.append(UInt8(scalar)) }
    output += String(Character(UnicodeScalar(scalar) ?? "\u{fffd}")).utf8
  }
}
