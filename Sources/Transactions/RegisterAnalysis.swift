internal import Histories

/// How far a history's owner lets the order of a register's versions be inferred.
struct VersionInference {
  /// A transaction that reads a version and writes the key, writes a later version. Where that
  /// fails the reader depends on its own future (G1c), so every model from read committed on
  /// agrees.
  var writesFollowReads = true
  /// The value that every key holds at first, as text; nil when nobody said: then the one value of
  /// a key that was read and that nobody wrote is it.
  var initial: String?
  /// How far each process meets the versions of a key in their order.
  var byProcess = Extent.none
  /// How far real time orders the versions of a key.
  var byRealtime = Extent.none

  /// What an order of transactions must keep so that the versions are in the order said to be.
  var leastOrder: AnomalyKind.Order {
    byRealtime != .none ? .realtime : byProcess != .none ? .process : .data
  }

  /// Whose order counts: nobody's, that of transactions that wrote the key, or of all that
  /// touched it.
  enum Extent {
    case none, writers, all
  }
}

/// What a history of registers shows without looking for cycles, and the dependencies to look in.
///
/// A register does not tell what it held before, so version orders are inferred: the initial
/// state (nil) comes first, and what `VersionInference` allows. What cannot be ordered is left
/// unordered; a violation found is one, but some are not found (the Elle paper, section 4.3).
struct RegisterAnalysis {
  private(set) var log = AnomalyLog()
  private(set) var edges: DependencyEdges
  /// The write that an `ok` read saw, by micro-operation; -1 the initial state, -2 unknown, -3 a
  /// value that nobody wrote.
  private(set) var source: [Int32]
  let chains: MopChains
  private let table: TransactionTable
  private let values: Values
  private let index: WriteIndex
  private let say: TransactionText
  /// Transactions that certainly took effect: acknowledged, or read from.
  private(set) var tookEffect: [Bool]
  /// The keys whose versions the history does not put in one order.
  private(set) var choices: VersionChoices?
  /// The first transaction that read a version and wrote its key: by write, and by unwritten key.
  private var updaterOfVersion: [Int32]
  private var updaterOfInitial: [Int32]
  /// The one value of a key that nobody wrote and that was read: its initial state, perhaps.
  private var unwritten: [Value?]
  /// Reads of such values other than nil, which nobody called initial.
  private(set) var unwrittenReads = 0

  init(
    _ table: TransactionTable, _ index: WriteIndex, _ values: Values, _ inference: VersionInference
  ) {
    self.table = table
    self.values = values
    self.index = index
    say = TransactionText(table: table, values: values, dialect: .registers)
    chains = MopChains(table)
    edges = DependencyEdges(transactionCount: table.count, capacity: table.verb.count)
    source = Array(repeating: -2, count: table.verb.count)
    tookEffect = (0..<table.count).map { table.isOk($0) }
    updaterOfVersion = Array(repeating: -1, count: table.verb.count)
    updaterOfInitial = Array(repeating: -1, count: table.keyCount)
    unwritten = Array(repeating: nil, count: table.keyCount)
    findSources(initial: inference.initial)
    for mop in table.verb.indices where table.isOk(table.transaction(of: mop)) {
      if table.verb[mop] == .read { judgeRead(mop) } else { judgeWrite(mop) }
    }
    var order = VersionOrder(table, chains, source, inference)
    noteCycles(order.dropCycles())
    linkVersions(order)
    choices = VersionChoices(registers: table, index, order, source, tookEffect)
  }

  /// The dependencies, given up so that their memory can be.
  mutating func takeEdges() -> DependencyEdges {
    let taken = edges
    edges = DependencyEdges(transactionCount: 0, capacity: 0)
    return taken
  }

  private mutating func findSources(initial: String?) {
    for mop in table.verb.indices
    where table.verb[mop] == .read && !index.ambiguousKeys[Int(table.key[mop])] {
      if let write = index.write(of: table.value[mop], to: table.key[mop], in: table) {
        source[mop] = Int32(write)
        let writer = table.transaction(of: write)
        if !table.isAborted(writer) { tookEffect[writer] = true }
      } else if let initial {
        let isInitial = matches(table.value[mop], initial)
        source[mop] = isInitial ? -1 : -3
        if !isInitial { noteGarbage(mop) }
      } else {
        if !table.value[mop].isNone { unwrittenReads += 1 }
        source[mop] = noteUnwritten(mop) ? -1 : -3
      }
    }
  }

  private func matches(_ value: Value, _ text: String) -> Bool {
    values.text(value) == text || values.describe(value) == text
  }

  private mutating func noteGarbage(_ mop: Int) {
    unwrittenReads += 1
    let say = say
    log.note(.garbageRead, [table.position(of: mop)]) {
      "\(say.name(mop)) read \(say.version(mop)), which nobody wrote"
    }
  }

  /// A key has one initial state: a second value that nobody wrote came from nowhere.
  ///
  /// - Returns: whether the read may have seen the initial state.
  private mutating func noteUnwritten(_ mop: Int) -> Bool {
    let key = Int(table.key[mop])
    let value = initialForm(of: table.value[mop])
    guard let known = unwritten[key] else {
      unwritten[key] = value
      return true
    }
    guard known != value else { return true }
    let say = say
    log.note(.garbageRead, [table.position(of: mop)]) {
      "\(say.name(mop)) read \(say.version(mop)), which nobody wrote; nor did anybody write "
        + "\(say.values.describe(known)), which was read too"
    }
    return false
  }

  /// In a history of sessions 0 is no version, as dbcop defines it: the same as nil.
  private func initialForm(of value: Value) -> Value {
    !table.hasRealTimeOrder && value.smallInteger == 0 ? .none : value
  }

  private mutating func judgeRead(_ mop: Int) {
    let previous = Int(chains.previous[mop])
    if previous >= 0, table.value[previous] != table.value[mop] {
      let say = say
      let table = table
      log.note(.internal, [table.position(of: mop)]) {
        let before = table.verb[previous] == .write ? "wrote" : "read"
        return "\(say.name(mop)) \(before) \(say.value(previous)) and then read \(say.version(mop))"
      }
    }
    guard source[mop] >= 0 else { return }
    let write = Int(source[mop])
    let writer = table.transaction(of: write)
    let reader = table.transaction(of: mop)
    let say = say
    if writer == reader {
      guard write > mop else { return }
      log.note(.futureRead, [table.position(of: mop)]) {
        "\(say.name(mop)) read \(say.version(mop)) before it wrote it"
      }
      return
    }
    if table.isAborted(writer) {
      log.note(.g1a, [table.position(of: write), table.position(of: mop)]) {
        "\(say.name(mop)) read \(say.version(mop)), which \(say.name(write)) wrote and aborted"
      }
      return
    }
    if chains.isOverwritten[write] {
      log.note(.g1b, [table.position(of: write), table.position(of: mop)]) {
        "\(say.name(mop)) read \(say.version(mop)), which \(say.name(write)) itself overwrote"
      }
    }
    if previous < 0 || source[previous] != source[mop] {
      edges.add(writer, reader, .writeRead, because: mop)
    }
  }

  /// Every version of the key that the transaction read before it wrote it; usually that is one.
  private mutating func judgeWrite(_ mop: Int) {
    let first = chains.first(before: mop)
    guard first >= 0, table.verb[first] == .read else { return }
    var read = Int(chains.previous[mop])
    while read >= 0, table.verb[read] == .read {
      if source[read] > -2 { noteUpdate(of: read, by: mop) }
      read = Int(chains.previous[read])
    }
  }

  /// A transaction read a version and then wrote the key: only one can.
  private mutating func noteUpdate(of read: Int, by mop: Int) {
    let updater = Int32(table.transaction(of: mop))
    let version = Int(source[read])
    let key = Int(table.key[mop])
    let other = version < 0 ? updaterOfInitial[key] : updaterOfVersion[version]
    if other < 0 {
      if version < 0 {
        updaterOfInitial[key] = updater
      } else {
        updaterOfVersion[version] = updater
      }
    } else if other != updater {
      let say = say
      log.note(.lostUpdate, [Int(table.operation[Int(other)]), table.position(of: mop)]) {
        "\(say.name(transaction: Int(other))) and \(say.name(mop)) both read \(say.version(read)) "
          + "and wrote it"
      }
    }
  }

  /// Reads that contradict the transaction's own last write of the key.
  func noteOwnWrites(into log: inout AnomalyLog) {
    for mop in table.verb.indices where table.verb[mop] == .read {
      let previous = Int(chains.lastWrite(before: mop, table))
      guard previous >= 0, table.value[previous] != table.value[mop] else { continue }
      log.note(.ownWriteNotRead, [table.position(of: mop)]) {
        "\(say.name(mop)) wrote \(say.value(previous)) and then read \(say.version(mop))"
      }
    }
  }

  private mutating func noteCycles(_ keys: [(key: Int, writes: [Int])]) {
    let say = say
    for (key, writes) in keys {
      log.note(.cyclicVersions, witnesses(of: writes)) {
        "the versions of \(say.key(number: key)) cannot be ordered: "
          + writes.prefix(8).map(say.value).joined(separator: ", ") + " each precede the others"
      }
    }
  }

  /// Who wrote or read these versions, a few dozen at most.
  private func witnesses(of writes: [Int]) -> [Int] {
    let versions = Set(writes.prefix(8))
    var operations = Set(versions.map { table.position(of: $0) })
    for mop in source.indices where source[mop] >= 0 && versions.contains(Int(source[mop])) {
      if operations.count < 32 { operations.insert(table.position(of: mop)) }
    }
    return operations.sorted()
  }

  private mutating func linkVersions(_ order: VersionOrder) {
    let readers = ReadersByVersion(table, source)
    for write in table.verb.indices where table.verb[write] == .write {
      let later = targets(order.successors(of: write))
      guard !later.isEmpty, !table.isAborted(table.transaction(of: write)) else { continue }
      var sources: [(transaction: Int, kind: DependencyGraph.Edge)] = [
        (table.transaction(of: write), .writeWrite)
      ]
      for reader in readers.ofWrite(write) { sources.append((Int(reader), .readWrite)) }
      edges.addAll(sources, later)
    }
    for key in 0..<table.keyCount where !order.isCyclic(key) {
      let sources = readers.ofInitial(key)
      guard !sources.isEmpty else { continue }
      edges.addAll(sources.map { (Int($0), .readWrite) }, targets(order.minimalWrites(of: key)))
    }
  }

  /// One write a transaction, of those that certainly took effect: acknowledged, or read.
  private func targets(_ writes: some Sequence<Int32>) -> [(transaction: Int, mop: Int)] {
    var seen: Set<Int> = []
    var targets: [(transaction: Int, mop: Int)] = []
    for write in writes {
      let writer = table.transaction(of: Int(write))
      if tookEffect[writer], seen.insert(writer).inserted { targets.append((writer, Int(write))) }
    }
    return targets
  }
}
