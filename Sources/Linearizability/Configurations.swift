/// A set of configurations: in which state the object may be, and which of the pending calls
/// have taken effect to bring it there.
///
/// A row is one word for the state, words of bits for the calls that are done (they may return),
/// and words of bits for the calls that are used up, where that is something else: an open call
/// may return without being done, and a write may be done without being used up. Of two rows
/// equal in state and done calls, the one that used up fewer calls can do whatever the other can;
/// only that one is kept.
struct Configurations {
  private(set) var words: ContiguousArray<UInt64> = []
  private(set) var count = 0
  let doneWords: Int
  let usedWords: Int
  let stride: Int
  /// Open addressing: the generation in the high half, the row's number in the low half.
  private var table: ContiguousArray<UInt64>
  private var generation: UInt64 = 1

  /// The first word of a row that a better one has replaced.
  static var dead: UInt64 { .max }

  init(doneWords: Int, usedWords: Int) {
    self.doneWords = doneWords
    self.usedWords = usedWords
    stride = 1 + doneWords + usedWords
    table = .init(repeating: 0, count: 64)
  }

  var sizeBytes: Int { words.capacity * 8 + table.count * 8 }

  mutating func removeAll() {
    words.removeAll(keepingCapacity: true)
    count = 0
    generation &+= 1
    guard generation > UInt64(UInt32.max) else { return }
    generation = 1
    for slot in table.indices { table[slot] = 0 }
  }

  func state(_ row: Int) -> Int32 {
    Int32(truncatingIfNeeded: words[row * stride])
  }

  func isDead(_ row: Int) -> Bool { words[row * stride] == Self.dead }

  /// The last operation that changed the state, by its entry; -1 for none.
  func lastChange(_ row: Int) -> Int32 {
    Int32(truncatingIfNeeded: words[row * stride] >> 32)
  }

  static func head(state: Int32, lastChange: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: state)) | UInt64(UInt32(bitPattern: lastChange)) << 32
  }

  func has(_ row: Int, _ bit: Int) -> Bool {
    words[row * stride + 1 + bit >> 6] >> UInt64(bit & 63) & 1 == 1
  }

  mutating func set(_ row: Int, _ bit: Int) {
    words[row * stride + 1 + bit >> 6] |= 1 << UInt64(bit & 63)
  }

  mutating func clear(_ row: Int, _ bit: Int) {
    words[row * stride + 1 + bit >> 6] &= ~(1 << UInt64(bit & 63))
  }

  mutating func renumber(_ numbers: [Int32: Int32]) {
    for row in 0..<count {
      words[row * stride] = Self.head(
        state: numbers[state(row)]!, lastChange: lastChange(row))
    }
  }

  /// Drops the rows that better ones replaced.
  mutating func compact() {
    var kept = 0
    for row in 0..<count where !isDead(row) {
      if kept != row {
        for word in 0..<stride { words[kept * stride + word] = words[row * stride + word] }
      }
      kept += 1
    }
    words.removeLast((count - kept) * stride)
    count = kept
  }

  /// Adds a row unless one as good is there; rows it is better than die.
  mutating func insert(_ row: borrowing ContiguousArray<UInt64>) {
    var slot = hash(row) & (table.count - 1)
    while table[slot] >> 32 == generation {
      let other = Int(table[slot] & 0xffff_ffff) * stride
      if words[other] != Self.dead, agrees(row, other) {
        if usedWords == 0 || isSubset(at: other, of: row) { return }
        if isSuperset(at: other, of: row) { words[other] = Self.dead }
      }
      slot = (slot + 1) & (table.count - 1)
    }
    table[slot] = generation << 32 | UInt64(count)
    for word in 0..<stride { words.append(row[word]) }
    count += 1
    if count * 2 > table.count { grow() }
  }

  private func agrees(_ row: borrowing ContiguousArray<UInt64>, _ other: Int) -> Bool {
    guard UInt32(truncatingIfNeeded: row[0]) == UInt32(truncatingIfNeeded: words[other]) else {
      return false
    }
    for word in 1...doneWords where row[word] != words[other + word] { return false }
    return true
  }

  private func isSubset(at other: Int, of row: borrowing ContiguousArray<UInt64>) -> Bool {
    for word in (1 + doneWords)..<stride where words[other + word] & ~row[word] != 0 {
      return false
    }
    return true
  }

  private func isSuperset(at other: Int, of row: borrowing ContiguousArray<UInt64>) -> Bool {
    for word in (1 + doneWords)..<stride where row[word] & ~words[other + word] != 0 {
      return false
    }
    return true
  }

  private func hash(_ row: borrowing ContiguousArray<UInt64>) -> Int {
    mix { row[$0] }
  }

  @inline(__always)
  private func mix(_ word: (Int) -> UInt64) -> Int {
    var hash = (word(0) & 0xffff_ffff) &* 0x9e37_79b9_7f4a_7c15
    for position in 1...doneWords {
      hash = (hash ^ hash >> 32 ^ word(position)) &* 0xbf58_476d_1ce4_e5b9
    }
    return Int(truncatingIfNeeded: (hash ^ hash >> 29) >> 2)
  }

  private mutating func grow() {
    table = .init(repeating: 0, count: table.count * 4)
    for row in 0..<count where !isDead(row) {
      var slot = mix { words[row * stride + $0] } & (table.count - 1)
      while table[slot] >> 32 == generation { slot = (slot + 1) & (table.count - 1) }
      table[slot] = generation << 32 | UInt64(row)
    }
  }
}
