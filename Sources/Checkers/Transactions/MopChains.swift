/// How the micro-operations of one transaction follow each other on one key.
struct MopChains {
  /// The micro-operation before this one on the same key in the same transaction; -1 for none.
  private(set) var previous: [Int32]
  /// True for a write that its own transaction overwrites.
  private(set) var isOverwritten: [Bool]

  init(_ table: TransactionTable) {
    previous = Array(repeating: -1, count: table.verb.count)
    isOverwritten = Array(repeating: false, count: table.verb.count)
    var last = Array(repeating: Int32(-1), count: table.keyCount)
    var lastWrite = last
    for mop in table.verb.indices {
      let key = Int(table.key[mop])
      if last[key] >= 0, table.owner[Int(last[key])] == table.owner[mop] {
        previous[mop] = last[key]
      }
      last[key] = Int32(mop)
      guard table.verb[mop] == .write else { continue }
      let earlier = Int(lastWrite[key])
      if earlier >= 0, table.owner[earlier] == table.owner[mop] { isOverwritten[earlier] = true }
      lastWrite[key] = Int32(mop)
    }
  }
}
