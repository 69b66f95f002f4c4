/// What an answer of a text protocol looks like: `VALUE {any} 0 {any}\r\n{value}\r\nEND\r\n`.
///
/// `{any}` is passed over, `{value}` is what the answer says; each is as short as what follows allows, so a
/// pattern is matched in one pass over the bytes, whatever a server sends.
public struct TextPattern: Hashable, Sendable {
  private enum Part: Hashable {
    case literal([UInt8])
    case any
    case value
  }

  /// How bytes relate to a pattern.
  public enum Match: Hashable, Sendable {
    /// They begin with all of it.
    case complete(value: [UInt8]?, length: Int)
    /// They may yet, with more of them.
    case incomplete
    /// They never will.
    case no
  }

  private let parts: [Part]

  /// - Parameter key: the way to the text, for an error.
  public init(_ text: String, at key: String) throws(BindingError) {
    var parts: [Part] = []
    var rest = text[...]
    while let brace = rest.firstIndex(of: "{") {
      let places: [(String, Part)] = [("{any}", .any), ("{value}", .value)]
      guard let (word, part) = places.first(where: { rest[brace...].hasPrefix($0.0) }) else {
        throw BindingError(key, "a pattern has {any} and {value} in it, and no other braces")
      }
      if brace > rest.startIndex { parts.append(.literal(Array(rest[..<brace].utf8))) }
      if case .literal? = parts.last {
      } else if !parts.isEmpty {
        throw BindingError(key, "between two places of a pattern there must be some text")
      }
      parts.append(part)
      rest = rest[rest.index(brace, offsetBy: word.count)...]
    }
    if !rest.isEmpty { parts.append(.literal(Array(rest.utf8))) }
    guard case .literal? = parts.last else {
      throw BindingError(key, "a pattern ends with some text, or nobody knows where an answer ends")
    }
    guard parts.filter({ $0 == .value }).count <= 1 else {
      throw BindingError(key, "a pattern has one {value}")
    }
    self.parts = parts
  }

  /// Whether it says what the value is.
  public var hasValue: Bool { parts.contains(.value) }

  /// Compares bytes with the pattern, from their beginning.
  public func match(_ bytes: ArraySlice<UInt8>) -> Match {
    var position = bytes.startIndex
    var value: [UInt8]?
    var index = 0
    while index < parts.count {
      switch parts[index] {
      case .literal(let literal):
        let known = bytes[position...].prefix(literal.count)
        guard literal.starts(with: known) else { return .no }
        guard known.count == literal.count else { return .incomplete }
        position += literal.count
        index += 1
      case .any, .value:
        guard case .literal(let end) = parts[index + 1],
          let found = bytes.firstPlace(of: end, from: position)
        else { return .incomplete }
        if parts[index] == .value { value = Array(bytes[position..<found]) }
        position = found + end.count
        index += 2
      }
    }
    return .complete(value: value, length: position - bytes.startIndex)
  }

  /// The values of as many matches as follow one another in all of the bytes; nil where something is left.
  public func values(in bytes: ArraySlice<UInt8>) -> [[UInt8]]? {
    var values: [[UInt8]] = []
    var rest = bytes
    while !rest.isEmpty {
      guard case .complete(let value, let length) = match(rest), length > 0 else { return nil }
      values.append(value ?? [])
      rest = rest.dropFirst(length)
    }
    return values
  }
}

extension ArraySlice<UInt8> {
  /// Where some bytes first stand, from a position on.
  fileprivate func firstPlace(of bytes: [UInt8], from start: Int) -> Int? {
    var position = start
    while position + bytes.count <= endIndex {
      guard let first = self[position...(endIndex - bytes.count)].firstIndex(of: bytes[0]) else {
        return nil
      }
      if self[first..<first + bytes.count].elementsEqual(bytes) { return first }
      position = first + 1
    }
    return nil
  }
}
