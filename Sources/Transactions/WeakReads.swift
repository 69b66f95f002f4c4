/// What weak isolation is judged by: per transaction what it read from whom, and what it wrote.
struct WeakReads {
  /// One read from outside; the writer is -1 for the initial state.
  struct Read {
    var mop: Int
    var key: Int
    var writer: Int
  }

  let table: TransactionTable
  let source: [Int32]
  private let firstKey: [Int32]
  private let keys: [Int32]
  /// The transaction before in the same process; -1 for the first.
  let sessionPrevious: [Int32]
  /// Transactions that certainly took effect: acknowledged, or read from.
  let tookEffect: [Bool]

  /// `source` tells the write that each read saw; negative but -2 for the initial state.
  init(_ table: TransactionTable, _ chains: MopChains, _ source: [Int32]) {
    self.table = table
    self.source = source
    var buckets = BucketSort(count: table.count)
    for mop in table.verb.indices where table.verb[mop] == .write && !chains.isOverwritten[mop] {
      buckets.announce(table.transaction(of: mop))
    }
    buckets.layOut()
    for mop in table.verb.indices where table.verb[mop] == .write && !chains.isOverwritten[mop] {
      buckets.put(table.key[mop], in: table.transaction(of: mop))
    }
    var keys = buckets.items
    for transaction in 0..<table.count {
      keys[Int(buckets.first[transaction])..<Int(buckets.first[transaction + 1])].sort()
    }
    (firstKey, self.keys) = (buckets.first, keys)
    sessionPrevious = Self.sessions(table)
    var tookEffect = (0..<table.count).map { table.isOk($0) }
    for mop in source.indices where source[mop] >= 0 {
      let writer = table.transaction(of: Int(source[mop]))
      if !table.isAborted(writer) { tookEffect[writer] = true }
    }
    self.tookEffect = tookEffect
  }

  private static func sessions(_ table: TransactionTable) -> [Int32] {
    var previous = Array(repeating: Int32(-1), count: table.count)
    var last: [Int32: Int32] = [:]
    for transaction in 0..<table.count where !table.isAborted(transaction) {
      previous[transaction] = last[table.process[transaction]] ?? -1
      if table.isOk(transaction) { last[table.process[transaction]] = Int32(transaction) }
    }
    return previous
  }

  /// The keys a transaction wrote, in order.
  func writtenKeys(_ transaction: Int) -> ArraySlice<Int32> {
    keys[Int(firstKey[transaction])..<Int(firstKey[transaction + 1])]
  }

  func writes(_ transaction: Int, _ key: Int) -> Bool {
    let keys = writtenKeys(transaction)
    var (low, high) = (keys.startIndex, keys.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low < keys.endIndex && keys[low] == key
  }

  /// The reads of a transaction from others, in its own order.
  func reads(_ transaction: Int) -> [Read] {
    var reads: [Read] = []
    for mop in table.mops(of: transaction)
    where table.verb[mop] == .read && source[mop] != -2 {
      let writer = source[mop] < 0 ? -1 : table.transaction(of: Int(source[mop]))
      if writer >= 0, writer == transaction || table.isAborted(writer) { continue }
      reads.append(Read(mop: mop, key: Int(table.key[mop]), writer: writer))
    }
    return reads
  }
}
