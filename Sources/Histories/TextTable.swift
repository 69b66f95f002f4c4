/// Texts interned by their bytes: equal bytes, one number. No string is made to look one up.
///
/// Texts are compared byte by byte, not by Unicode equivalence: two spellings of `é` are two
/// values to a database, so they are two values here.
struct TextTable: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where each text ends in `bytes`; it begins where the one before ends.
  private(set) var ends: [Int] = []
  /// Open addressing with linear probing; a slot holds a text's number plus one, or zero.
  private var slots: [UInt32] = Array(repeating: 0, count: 64)

  var count: Int { ends.count }

  func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  func text(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

  /// The text's number, a new one where the text is new. There are numbers for four thousand million
  /// texts; the program ends with a sentence before one of them stands for two.
  mutating func intern(_ text: Span<UInt8>) -> Int {
    let mask = slots.count - 1
    var slot = TextTable.hash(text) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if isEqual(index, text) { return index }
      slot = (slot + 1) & mask
    }
    return insert(text, at: slot)
  }

  func isEqual(_ index: Int, _ text: Span<UInt8>) -> Bool {
    let range = range(index)
    guard range.count == text.count else { return false }
    for offset in 0..<text.count where bytes[range.lowerBound + offset] != text[offset] {
      return false
    }
    return true
  }

  private mutating func insert(_ text: Span<UInt8>, at slot: Int) -> Int {
    for offset in 0..<text.count { bytes.append(text[offset]) }
    guard ends.count < Int(UInt32.max) else {
      fatalError("a history keeps at most \(UInt32.max) different texts")
    }
    ends.append(bytes.count)
    slots[slot] = UInt32(ends.count)
    if ends.count * 2 > slots.count { grow() }
    return ends.count - 1
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    var larger = [UInt32](repeating: 0, count: mask + 1)
    for index in 0..<ends.count {
      var slot = TextTable.hash(bytes.span.extracting(range(index))) & mask
      while larger[slot] != 0 { slot = (slot + 1) & mask }
      larger[slot] = UInt32(index + 1)
    }
    slots = larger
  }

  /// Takes over the texts another table has gained; lookups in a follower are not supported.
  mutating func follow(_ leader: TextTable) {
    bytes.append(contentsOf: leader.bytes[bytes.count...])
    ends.append(contentsOf: leader.ends[ends.count...])
  }

  /// FNV-1a (Fowler, Noll and Vo), folded so that the low bits carry the high ones.
  private static func hash(_ text: Span<UInt8>) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for offset in 0..<text.count { hash = (hash ^ UInt64(text[offset])) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: (hash ^ (hash >> 29)) & 0x7fff_ffff_ffff_ffff)
  }
}
