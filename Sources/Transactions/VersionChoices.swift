/// The keys whose versions are not in one known order, each with those who wrote and read them.
struct VersionChoices {
  /// One version that took effect: its transaction's last write of the key.
  struct Writer {
    var transaction: Int32
    var mop: Int32
    /// Who read it from outside.
    var readers: [Int32]
  }

  /// By key; a key with one writer, or with one possible order, is left out.
  private(set) var groups: [[Writer]] = []

  init() {}

  var isEmpty: Bool { groups.isEmpty }

  /// How many pairs of writers there are to put in order.
  var pairCount: Int { groups.reduce(0) { $0 + $1.count * ($1.count - 1) / 2 } }

  /// The registers whose order the known dependencies leave open.
  init(
    registers table: TransactionTable, _ index: WriteIndex, _ order: VersionOrder,
    _ source: [Int32], _ tookEffect: [Bool]
  ) {
    let readers = ReadersByVersion(table, source)
    var waiting = Array(repeating: Int32(-1), count: table.verb.count)
    for key in 0..<table.keyCount where !index.ambiguousKeys[key] && !order.isCyclic(key) {
      let writes = order.writes(of: key).filter { tookEffect[table.transaction(of: Int($0))] }
      guard writes.count > 1, !order.isTotal(writes, &waiting) else { continue }
      groups.append(
        writes.map { write in
          Writer(
            transaction: table.owner[Int(write)], mop: write,
            readers: Array(readers.ofWrite(Int(write))))
        })
    }
  }

  /// Appends that nobody saw: one a transaction and key, sorted by key.
  init(unseen: [Int32], _ table: TransactionTable) {
    var start = 0
    while start < unseen.count {
      let key = table.key[Int(unseen[start])]
      let group = unseen[start...].prefix { table.key[Int($0)] == key }
      start = group.endIndex
      guard group.count > 1 else { continue }
      groups.append(
        group.map { Writer(transaction: table.owner[Int($0)], mop: $0, readers: []) })
    }
  }
}

extension VersionOrder {
  /// The last write of each transaction to a key, aborted ones left out.
  func writes(of key: Int) -> ArraySlice<Int32> {
    writesOfKey.items[Int(writesOfKey.first[key])..<Int(writesOfKey.first[key + 1])]
  }

  /// True when only one order of these writes of one key keeps what is known: the next is always
  /// the only one that nothing else must precede.
  ///
  /// `waiting` is scratch: -1 for every micro-operation, before and afterwards.
  func isTotal(_ writes: [Int32], _ waiting: inout [Int32]) -> Bool {
    for write in writes { waiting[Int(write)] = 0 }
    defer { for write in writes { waiting[Int(write)] = -1 } }
    for write in writes {
      for later in successors(of: Int(write)) where waiting[Int(later)] >= 0 {
        waiting[Int(later)] += 1
      }
    }
    var ready = writes.filter { waiting[Int($0)] == 0 }
    while let write = ready.popLast() {
      guard ready.isEmpty else { return false }
      for later in successors(of: Int(write)) where waiting[Int(later)] >= 0 {
        waiting[Int(later)] -= 1
        if waiting[Int(later)] == 0 { ready.append(later) }
      }
    }
    return true
  }
}
