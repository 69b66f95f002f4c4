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

  /// True for a transaction's first micro-operation on a key.
  func isFirst(_ mop: Int) -> Bool { previous[mop] < 0 }

  /// The first micro-operation on the same key in the same transaction; -1 when it is this one.
  func first(before mop: Int) -> Int {
    var first = Int(previous[mop])
    while first >= 0, previous[first] >= 0 { first = Int(previous[first]) }
    return first
  }

  /// The last write before on the same key in the same transaction, where no more than reads lie
  /// between; -1 for none.
  func lastWrite(before mop: Int, _ table: TransactionTable) -> Int {
    var earlier = Int(previous[mop])
    while earlier >= 0, table.verb[earlier] == .read { earlier = Int(previous[earlier]) }
    return earlier
  }
}
