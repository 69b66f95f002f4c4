internal import Histories

/// Finds the write of a value to a key: an open-addressed table of micro-operation numbers, for a
/// dictionary of a million pairs would cost more than the rest of the analysis.
struct WriteIndex {
  private var slots: [Int32]
  private let mask: Int
  /// Keys to which one value was written more than once: nothing can be told of their reads.
  private(set) var ambiguousKeys: [Bool]
  /// The first pair of micro-operations that wrote the same value to one key.
  private(set) var duplicate: (Int, Int)?
  /// The first micro-operation that wrote what its key holds initially: who reads that may have
  /// read either.
  private(set) var initialWrite: Int?

  /// `isInitial` tells the values that keys hold before they are written.
  init(_ table: TransactionTable, isInitial: (Value) -> Bool = { _ in false }) {
    var capacity = 16
    while capacity < 2 * table.writeCount { capacity *= 2 }
    slots = Array(repeating: -1, count: capacity)
    mask = capacity - 1
    ambiguousKeys = Array(repeating: false, count: table.keyCount)
    for mop in table.verb.indices where table.verb[mop] == .write {
      insert(mop, table)
      guard isInitial(table.value[mop]) else { continue }
      ambiguousKeys[Int(table.key[mop])] = true
      initialWrite = initialWrite ?? mop
    }
  }

  /// The micro-operation that wrote the value to the key, or nil when none did.
  func write(of value: Value, to key: Int32, in table: TransactionTable) -> Int? {
    var slot = hash(key, value)
    while slots[slot] >= 0 {
      let mop = Int(slots[slot])
      if table.key[mop] == key && table.value[mop] == value { return mop }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private mutating func insert(_ mop: Int, _ table: TransactionTable) {
    var slot = hash(table.key[mop], table.value[mop])
    while slots[slot] >= 0 {
      let other = Int(slots[slot])
      if table.key[other] == table.key[mop] && table.value[other] == table.value[mop] {
        ambiguousKeys[Int(table.key[mop])] = true
        duplicate = duplicate ?? (other, mop)
        return
      }
      slot = (slot + 1) & mask
    }
    slots[slot] = Int32(mop)
  }

  private func hash(_ key: Int32, _ value: Value) -> Int {
    let bits =
      value.smallInteger.map { UInt64(bitPattern: $0) }
      ?? UInt64(bitPattern: Int64(value.hashValue))
    var z =
      (bits &+ UInt64(UInt32(bitPattern: key)) &* 0x9e37_79b9_7f4a_7c15) &* 0xbf58_476d_1ce4_e5b9
    z ^= z >> 29
    return Int(truncatingIfNeeded: z) & mask
  }
}
