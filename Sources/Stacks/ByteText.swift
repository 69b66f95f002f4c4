/// Looking for signs of ASCII in a text byte by byte: they stand in no other character, and templates have
/// many lines without any.
extension StringProtocol {
  /// Where the first of these bytes stands.
  func firstPlace(of byte: UInt8) -> Index? { utf8.firstIndex(of: byte) }

  /// Where a word of ASCII characters first stands.
  func firstPlace(of word: StaticString) -> Range<Index>? {
    let wanted = Array(word.description.utf8)
    guard let first = wanted.first else { return nil }
    var rest = utf8[...]
    while let start = rest.firstIndex(of: first) {
      rest = rest[start...]
      if rest.starts(with: wanted) {
        return start..<rest.index(start, offsetBy: wanted.count)
      }
      rest = rest.dropFirst()
    }
    return nil
  }

  /// What stands between a word of ASCII characters, empty parts left out.
  func parts(between word: StaticString) -> [SubSequence] {
    var parts: [SubSequence] = []
    var rest = self[...]
    while let found = rest.firstPlace(of: word) {
      parts.append(rest[..<found.lowerBound])
      rest = rest[found.upperBound...]
    }
    return (parts + [rest]).filter { !$0.isEmpty }
  }

  /// How many characters it has: as many as bytes where all are plain.
  var width: Int {
    let isPlain = utf8.allSatisfy { $0 < 0x80 && $0 != 0x0d }
    return isPlain ? utf8.count : count
  }
}

/// Without blanks at either end.
func trim(_ text: some StringProtocol) -> String {
  func isInner(_ byte: UInt8?) -> Bool { byte.map { (0x21...0x7e).contains($0) } ?? true }
  var rest = Substring(text)
  if isInner(rest.utf8.first), isInner(rest.utf8.last) { return String(rest) }
  while rest.first?.isWhitespace == true { rest.removeFirst() }
  while rest.last?.isWhitespace == true { rest.removeLast() }
  return String(rest)
}
