import Histories

@testable import Transactions

/// Decides every consistency model of a small history by its definition: all orders of all versions
/// are tried, and dependencies are closed as matrices of bits. It shares nothing with the checkers.
///
/// Adya's levels up to read committed need no order of registers' versions: any that extends the
/// reads will do. `read-committed` (of registers), `read-atomic` and `causal` are the axioms of
/// Biswas and Enea (2019); the rest is Cerone and Gotsman (2016) and, with sessions or real time as
/// edges of their own, Daudjee and Salem (2004).
struct ExactJudge {
  let transactions: [TestTransaction]
  let isLists: Bool
  var hasRealTimeOrder = true

  /// What a history shows besides dependencies; each speaks against a set of models.
  struct Faults {
    var isGarbled = false
    var isDirty = false
    var isInternal = false
    var missesOwnWrite = false
    var losesUpdate = false
    var isIncompatible = false
  }

  private(set) var faults = Faults()
  /// Acknowledged, or seen: who certainly took effect.
  private(set) var effective: [Int] = []
  /// Reads from outside by reader: key, version (the write's number, 0 the initial state).
  private(set) var reads: [[(key: Int, version: Int)]] = []
  /// The last write of each transaction by key.
  private(set) var finals: [[Int: Int]] = []
  private(set) var writer: [Int: Int] = [:]
  /// The known order of a list's versions, by key; what nobody saw follows in any order.
  private(set) var known: [Int: [Int]] = [:]
  /// The answers to all questions about orders of versions.
  private var answers: [Question: Bool] = [:]

  init(_ transactions: [TestTransaction], isLists: Bool, hasRealTimeOrder: Bool = true) {
    self.transactions = transactions
    self.isLists = isLists
    self.hasRealTimeOrder = hasRealTimeOrder
    finals = transactions.map { Self.finals($0) }
    for (place, transaction) in transactions.enumerated() {
      for (_, value) in Self.writes(transaction) { writer[value] = place }
    }
    if isLists { readLists() } else { readRegisters() }
    noteLostUpdates()
    if !faults.isGarbled && !faults.isDirty && !faults.isIncompatible { answers = tryEveryOrder() }
  }

  static func writes(_ transaction: TestTransaction) -> [(key: Int, value: Int)] {
    transaction.mops.compactMap {
      switch $0 {
      case .append(let key, let value), .write(let key, let value): (key, value)
      default: nil
      }
    }
  }

  private static func finals(_ transaction: TestTransaction) -> [Int: Int] {
    Dictionary(writes(transaction).map { ($0.key, $0.value) }) { $1 }
  }
}

// What is read from whom.
extension ExactJudge {
  private mutating func readRegisters() {
    var seen: Set<Int> = []
    var unwritten: [Int: Set<Int>] = [:]
    reads = Array(repeating: [], count: transactions.count)
    for (place, transaction) in transactions.enumerated() where transaction.outcome == .ok {
      var last: [Int: Int?] = [:]
      var own: [Int: Int] = [:]
      for mop in transaction.mops {
        if case .write(let key, let value) = mop {
          own[key] = value
          last[key] = .some(value)
        }
        guard case .read(let key, let value) = mop else { continue }
        if let before = last[key], before != value { faults.isInternal = true }
        if let mine = own[key], mine != value { faults.missesOwnWrite = true }
        last[key] = .some(value)
        guard let value, let from = writer[value] else {
          // In sessions 0 is no version.
          let initial = value ?? 0
          unwritten[key, default: []].insert(
            value == nil || initial == 0 && !hasRealTimeOrder ? .min : initial)
          reads[place].append((key, 0))
          continue
        }
        if from == place {
          if own[key] == nil || !isBefore(value, mop, transaction) { faults.isDirty = true }
          continue
        }
        if transactions[from].outcome == .fail || finals[from][key] != value {
          faults.isDirty = true
        }
        seen.insert(from)
        reads[place].append((key, value))
      }
    }
    if unwritten.values.contains(where: { $0.count > 1 }) { faults.isGarbled = true }
    setEffective(seen)
  }

  /// Whether the transaction wrote the value before some read of it that stands here.
  private func isBefore(
    _ value: Int, _ read: TestTransaction.Mop, _ transaction: TestTransaction
  ) -> Bool {
    let write = transaction.mops.firstIndex {
      if case .write(_, value) = $0 { true } else { false }
    }
    let place = transaction.mops.firstIndex(of: read)
    return write != nil && place != nil && write! < place!
  }

  private mutating func setEffective(_ seen: Set<Int>) {
    effective = transactions.indices.filter {
      transactions[$0].outcome == .ok || transactions[$0].outcome == .info && seen.contains($0)
    }
  }

  private mutating func readLists() {
    reads = Array(repeating: [], count: transactions.count)
    var seen: Set<Int> = []
    for transaction in transactions where transaction.outcome == .ok {
      for case .list(let key, let list) in transaction.mops {
        if list.count > (known[key] ?? []).count { known[key] = list }
        if Set(list).count < list.count { faults.isGarbled = true }
        for value in list {
          guard let from = writer[value] else {
            faults.isGarbled = true
            continue
          }
          seen.insert(from)
          if transactions[from].outcome == .fail { faults.isDirty = true }
        }
      }
    }
    for (place, transaction) in transactions.enumerated() where transaction.outcome == .ok {
      readLists(of: place, transaction)
    }
    setEffective(seen)
  }

  private mutating func readLists(of place: Int, _ transaction: TestTransaction) {
    var base: [Int: [Int]] = [:]
    var own: [Int: [Int]] = [:]
    for mop in transaction.mops {
      if case .append(let key, let value) = mop { own[key, default: []].append(value) }
      guard case .list(let key, let list) = mop else { continue }
      let mine = own[key] ?? []
      if let before = base[key] {
        if list != before + mine { faults.isInternal = true }
      } else if !list.suffix(mine.count).elementsEqual(mine) {
        faults.isInternal = true
      }
      base[key] = list
      own[key] = []
      if !(known[key] ?? []).starts(with: list) { faults.isIncompatible = true }
      let ownLater = Set(Self.writes(transaction).map(\.value)).subtracting(
        ownBefore(mop, transaction))
      if !ownLater.isDisjoint(with: list) { faults.isDirty = true }
      let last = list.last ?? 0
      guard last != 0, let from = writer[last] else {
        reads[place].append((key, 0))
        continue
      }
      if from == place { continue }
      if finals[from][key] != last { faults.isDirty = true }
      reads[place].append((key, last))
    }
  }

  private func ownBefore(_ read: TestTransaction.Mop, _ transaction: TestTransaction) -> [Int] {
    guard let place = transaction.mops.lastIndex(of: read) else { return [] }
    return transaction.mops[..<place].compactMap {
      if case .append(_, let value) = $0 { value } else { nil }
    }
  }

  /// Two that read one version of a key and then wrote it.
  private mutating func noteLostUpdates() {
    var updates: Set<[Int]> = []
    for place in transactions.indices where transactions[place].outcome == .ok {
      for (key, _) in finals[place] {
        for version in versionsUpdated(place, key) where !updates.insert([key, version]).inserted {
          faults.losesUpdate = true
        }
      }
    }
  }

  /// What a transaction read of a key before it wrote it.
  private func versionsUpdated(_ place: Int, _ key: Int) -> Set<Int> {
    var versions: Set<Int> = []
    for mop in transactions[place].mops {
      switch mop {
      case .write(key, _), .append(key, _): return versions
      case .read(key, let value): versions.insert(value.flatMap { writer[$0] == nil ? 0 : $0 } ?? 0)
      case .list(key, let list): versions.insert(list.last ?? 0)
      default: continue
      }
    }
    return []
  }
}

// Sets of transactions are the bits of a word.
extension ExactJudge {
  typealias Rows = [UInt64]

  /// Nil where the definitions say nothing: incompatible lists show no order of versions.
  func holds(_ model: ConsistencyModel) -> Bool? {
    if faults.isGarbled { return false }
    let isWeakest = [.readUncommitted, .strongSessionReadUncommitted, .strongReadUncommitted]
      .contains(model)
    if isWeakest {
      if faults.isIncompatible { return nil }
      return isLists ? isAcyclic(knownOrder(.writes, order(of: model))) : true
    }
    if faults.isDirty || faults.isIncompatible { return false }
    if faults.isInternal, model.implied.contains(.readAtomic) { return false }
    if faults.losesUpdate, model.implied.contains(.cursorStability) { return false }
    switch model {
    case .readCommitted, .monotonicAtomicView:
      return isLists ? isAcyclic(knownOrder(.reads, .none)) : satisfies(0)
    case .strongSessionReadCommitted, .strongReadCommitted:
      return isAcyclic(knownOrder(.reads, order(of: model))) && (isLists || satisfies(0))
    case .cursorStability: return isAcyclic(knownOrder(.reads, .none))
    case .readAtomic: return satisfies(1)
    case .causal: return satisfies(2)
    default: return answers[Question(model)] ?? false
    }
  }

  enum Order: Hashable { case none, sessions, realtime }
  private enum Extent { case writes, reads }

  private func order(of model: ConsistencyModel) -> Order {
    if model.needsRealTime { return hasRealTimeOrder ? .realtime : .sessions }
    return model.rawValue.contains("strong-session") ? .sessions : .none
  }

  func orderRows(_ order: Order) -> Rows {
    var rows = Rows(repeating: 0, count: transactions.count)
    guard order != .none else { return rows }
    for a in effective where transactions[a].outcome == .ok {
      for b in effective where a != b {
        let (first, second) = (transactions[a], transactions[b])
        let isBefore = first.completed <= second.invoked
        if isBefore, order == .realtime || first.process == second.process { rows[a] |= 1 << b }
      }
    }
    return rows
  }

  func readRows() -> Rows {
    var rows = Rows(repeating: 0, count: transactions.count)
    for reader in effective {
      for read in reads[reader] where read.version != 0 {
        let from = writer[read.version]!
        if from != reader, transactions[from].outcome != .fail { rows[from] |= 1 << reader }
      }
    }
    return rows
  }

  /// What holds in every order of versions.
  private func knownOrder(_ extent: Extent, _ order: Order) -> Rows {
    var rows = orderRows(order)
    if extent == .reads { rows = Self.union(rows, readRows()) }
    guard isLists else { return rows }
    for versions in listOrders() {
      let seen = versions.seen.map { writer[$0]! }
      for (a, b) in zip(seen, seen.dropFirst()) where a != b { rows[a] |= 1 << b }
      if let last = seen.last {
        for unseen in versions.unseen where unseen != last { rows[last] |= 1 << unseen }
      }
    }
    return rows
  }

  /// By key: the effective appends that were seen, in order, and who made others.
  func listOrders() -> [(key: Int, seen: [Int], unseen: [Int])] {
    let keys = Set(finals.flatMap(\.keys)).sorted()
    return keys.map { key in
      let seen = (known[key] ?? []).filter { effective.contains(writer[$0]!) }
      let unseen = effective.filter { place in
        Self.writes(transactions[place]).contains { $0.key == key && !seen.contains($0.value) }
      }
      return (key, seen, unseen)
    }
  }

  static func union(_ a: Rows, _ b: Rows) -> Rows { zip(a, b).map { $0 | $1 } }

  static func closed(_ rows: Rows) -> Rows {
    var rows = rows
    for middle in rows.indices {
      for from in rows.indices where rows[from] >> UInt64(middle) & 1 == 1 {
        rows[from] |= rows[middle]
      }
    }
    return rows
  }

  func isAcyclic(_ rows: Rows) -> Bool {
    let closed = Self.closed(rows)
    return closed.indices.allSatisfy { closed[$0] >> UInt64($0) & 1 == 0 }
  }

  /// The axioms of Biswas and Enea: what must stand before what does not depend on the order, so an
  /// order exists exactly where the demands have no cycle.
  private func satisfies(_ level: Int) -> Bool {
    if faults.missesOwnWrite { return false }
    let sessions = orderRows(.sessions)
    let causal = Self.union(sessions, readRows())
    let closed = Self.closed(causal)
    var demands = Self.union(causal, isLists ? knownOrder(.writes, .none) : causal)
    for reader in effective where transactions[reader].outcome == .ok {
      for (place, read) in reads[reader].enumerated() {
        let source = read.version == 0 ? -1 : writer[read.version]!
        for other in effective
        where other != source && other != reader && finals[other][read.key] != nil {
          let isInSight =
            switch level {
            case 0: reads[reader][..<place].contains { writer[$0.version] == other }
            case 1: causal[other] >> UInt64(reader) & 1 == 1
            default: closed[other] >> UInt64(reader) & 1 == 1
            }
          guard isInSight else { continue }
          if source < 0 { return false }
          demands[other] |= 1 << source
        }
      }
    }
    return isAcyclic(demands)
  }
}
