/// IPv6 addresses as text (RFC 4291, section 2.2).
enum IPv6Text {
  /// The number that a text stands for; nil where it is no address.
  static func read(_ text: String) -> UInt128? {
    let halves = text.ranges(of: "::")
    guard halves.count < 2, text.contains(":") else { return nil }
    guard let gap = halves.first else {
      return groups(text[...]).flatMap { $0.count == 8 ? number($0) : nil }
    }
    guard let head = groups(text[..<gap.lowerBound]), let tail = groups(text[gap.upperBound...]),
      head.count + tail.count < 8
    else { return nil }
    let zeros = Array(repeating: UInt16(0), count: 8 - head.count - tail.count)
    return number(head + zeros + tail)
  }

  /// In the one form that RFC 5952 recommends: small letters, no leading zeros, and the longest row of
  /// zero groups (of two or more, the first of several) as `::`.
  static func text(of bits: UInt128) -> String {
    let groups = stride(from: 112, through: 0, by: -16).map {
      UInt16(truncatingIfNeeded: bits >> $0)
    }
    let words = groups.map { String($0, radix: 16) }
    guard let gap = longestZeros(groups) else { return words.joined(separator: ":") }
    return words[..<gap.lowerBound].joined(separator: ":") + "::"
      + words[gap.upperBound...].joined(separator: ":")
  }

  private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
    var best: Range<Int>?
    var start = 0
    for index in 0...groups.count where index == groups.count || groups[index] != 0 {
      if index - start > max(1, best?.count ?? 0) { best = start..<index }
      start = index + 1
    }
    return best
  }

  /// The groups of a text without `::`; the last may be four bytes with dots, two groups.
  private static func groups(_ text: Substring) -> [UInt16]? {
    if text.isEmpty { return [] }
    var groups: [UInt16] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, let tail = IPv4(text: part) {
        groups += [UInt16(tail.bits >> 16), UInt16(tail.bits & 0xffff)]
        continue
      }
      guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit),
        let group = UInt16(part, radix: 16)
      else { return nil }
      groups.append(group)
    }
    return groups
  }

  private static func number(_ groups: [UInt16]) -> UInt128 {
    groups.reduce(0) { $0 << 16 | UInt128($1) }
  }
}
