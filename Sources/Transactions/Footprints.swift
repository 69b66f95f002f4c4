/// What each transaction that took effect read from outside and left written, in flat columns.
///
/// A version is numbered by the micro-operation that wrote it; a key's initial one follows all of
/// these.
struct Footprints {
  /// Which transactions, in the order of the table.
  let transactions: [Int32]
  private(set) var firstRead: [Int32] = [0]
  private(set) var readKey: [Int32] = []
  private(set) var readVersion: [Int32] = []
  private(set) var firstWrite: [Int32] = [0]
  private(set) var writtenKey: [Int32] = []
  private(set) var writtenVersion: [Int32] = []
  /// Whether a transaction wrote no key that it had not read: its place among the writers of each
  /// is the next after the version it read.
  private(set) var isUpdateOnly: [Bool] = []

  var count: Int { transactions.count }

  /// - Returns: nil when a transaction read two versions of one key, or its own later write: no
  ///   snapshot shows that.
  init?(
    _ table: TransactionTable, _ chains: MopChains, _ source: [Int32], _ tookEffect: [Bool]
  ) {
    transactions = (0..<table.count).filter { tookEffect[$0] }.map(Int32.init)
    for transaction in transactions {
      guard add(Int(transaction), table, chains, source) else { return nil }
    }
  }

  private mutating func add(
    _ transaction: Int, _ table: TransactionTable, _ chains: MopChains, _ source: [Int32]
  ) -> Bool {
    var isUpdateOnly = true
    for mop in table.mops(of: transaction) {
      if table.verb[mop] == .write {
        guard !chains.isOverwritten[mop] else { continue }
        writtenKey.append(table.key[mop])
        writtenVersion.append(Int32(mop))
        let first = chains.first(before: mop)
        if first < 0 || table.verb[first] == .write { isUpdateOnly = false }
        continue
      }
      let previous = Int(chains.previous[mop])
      if previous >= 0 {
        guard table.value[previous] == table.value[mop] else { return false }
        continue
      }
      let version = source[mop]
      guard version >= -1 else {
        if version == -3 { return false }
        continue
      }
      guard version < 0 || table.transaction(of: Int(version)) != transaction else { return false }
      readKey.append(table.key[mop])
      readVersion.append(version < 0 ? Int32(table.verb.count) + table.key[mop] : version)
    }
    firstRead.append(Int32(readKey.count))
    firstWrite.append(Int32(writtenKey.count))
    self.isUpdateOnly.append(isUpdateOnly)
    return true
  }

  func reads(_ place: Int) -> Range<Int> { Int(firstRead[place])..<Int(firstRead[place + 1]) }

  func writes(_ place: Int) -> Range<Int> { Int(firstWrite[place])..<Int(firstWrite[place + 1]) }
}
