import ServiceGround

/// Transactions that read at one time and write at another, and check what one of the weaker schemes checks between.
/// Without such a defect a transaction is one command.
struct WeakTransactions: Sendable {
  private let defect: Defect
  private let count = WrongCount()

  init?(_ membership: Membership) {
    let all: [Defect] = [
      .dirtyRead, .lostUpdate, .writeSkew, .nonRepeatableRead, .longFork, .readOnlyAnomaly,
      .fracturedRead,
    ]
    guard let defect = all.first(where: { membership.has($0) }) else { return nil }
    self.defect = defect
  }

  /// Nil for a transaction that the defect does not touch.
  func carryOut(_ operations: [MicroOperation], _ call: Call, _ store: Store) -> Outcome? {
    guard !call.isLocal else { return nil }
    let parts = WeakParts(operations: operations, call: call, store: store)
    switch defect {
    case .lostUpdate: return parts.fromOneView(checking: .nothing)
    case .writeSkew: return parts.fromOneView(checking: .writes)
    case .readOnlyAnomaly: return parts.fromOneView(checking: .updates)
    case .nonRepeatableRead: return parts.readingOneByOne(isRepeatable: false)
    case .fracturedRead: return parts.readingOneByOne(isRepeatable: true)
    case .dirtyRead: return parts.writingAtOnce(isUndone: count.next().isMultiple(of: 8))
    default: return parts.readingByHalves(count.next().isMultiple(of: 2))
    }
  }
}

/// One transaction in parts.
struct WeakParts {
  let operations: [MicroOperation]
  private let call: Call
  private let store: Store

  init(operations: [MicroOperation], call: Call, store: Store) {
    self.operations = operations
    var call = call
    // Each part is a command of its own.
    call.session = 0
    self.call = call
    self.store = store
  }

  private var writes: [MicroOperation] { operations.filter { $0.kind != .read } }

  /// Reads all cells at one moment; then writes what they come to, if nothing speaks against it.
  func fromOneView(checking check: Installation.Check) -> Outcome {
    let view: WeakView
    switch read(operations.map(\.key)) {
    case .success(let read): view = read
    case .failure(let end): return end.outcome
    }
    guard let (results, cells) = view.run(operations) else { return Self.nonsense }
    // What it takes is rare: three transactions that overlap in a certain way.
    if check == .updates, !writes.isEmpty { Clock.pause(microseconds: 30_000) }
    let keys = Set(writes.map(\.key)).sorted()
    guard !keys.isEmpty else { return .done(.list(results)) }
    let reads = Set(operations.filter { $0.kind == .read }.map(\.key)).sorted()
    let installed = install(
      check, since: view.serial, reads, keys.map { MicroOperation(.write, $0, cells[$0]) })
    return installed.isDone ? .done(.list(results)) : installed
  }

  /// Reads each cell when its turn comes; writes in the end.
  func readingOneByOne(isRepeatable: Bool) -> Outcome {
    var seen: [String: Datum] = [:]
    var results: [Datum] = []
    for (place, operation) in operations.enumerated() {
      guard operation.kind == .read else {
        results.append(operation.value)
        continue
      }
      let found = store.ask(.read(key: operation.key), call)
      guard case .done(let now) = found else { return found }
      let value = isRepeatable ? seen[operation.key] ?? now : now
      seen[operation.key] = value
      let own = operations[..<place].filter { $0.kind != .read && $0.key == operation.key }
      let view = WeakView(serial: 0, lastWide: 0, values: [operation.key: value])
      guard let (_, cells) = view.run(own) else { return Self.nonsense }
      results.append(cells[operation.key])
    }
    let installed = writes.isEmpty ? .done(.nothing) : install(.nothing, since: 0, [], writes)
    return installed.isDone ? .done(.list(results)) : installed
  }

  /// Carries out each operation when its turn comes, for all to see; undoes some of it in the end.
  func writingAtOnce(isUndone: Bool) -> Outcome {
    var results: [Datum] = []
    for operation in operations {
      let outcome =
        operation.kind == .read
        ? store.ask(.read(key: operation.key), call) : install(.nothing, since: 0, [], [operation])
      guard case .done(let value) = outcome else { return outcome }
      results.append(operation.kind == .read ? value : operation.value)
    }
    guard isUndone, !writes.isEmpty else { return .done(.list(results)) }
    let undone = writes.reversed().map { MicroOperation(.remove, $0.key, $0.value) }
    let outcome = install(.nothing, since: 0, [], undone)
    return outcome.isDone ? .declined("rolled back") : outcome
  }

  /// What only reads takes some of the cells from an older state than the others: for one client these are ahead, for
  /// the next one those, as on two replicas of which each is late with what the other one wrote. That is parallel
  /// snapshot isolation (Sovran and others, Transactional storage for geo-replicated systems, 2011), as long as no
  /// transaction between the two states was about several cells.
  func readingByHalves(_ isOtherWay: Bool) -> Outcome? {
    let keys = Set(operations.map(\.key)).sorted()
    guard writes.isEmpty, keys.count > 1 else { return nil }
    let halves = [true, false].map { half in keys.filter { Self.isFirst($0) == half } }
    let order = isOtherWay ? [halves[1], halves[0]] : halves
    guard case .success(var early) = read(order[0]) else { return nil }
    Clock.pause(microseconds: 40_000)
    guard case .success(let late) = read(keys) else { return nil }
    early.values.merge(late.values) { early, _ in early }
    let view = late.lastWide > early.serial ? late : early
    return view.run(operations).map { .done(.list($0.results)) }
  }

  private static func isFirst(_ key: String) -> Bool {
    key.utf8.reduce(0) { $0 &+ Int($1) }.isMultiple(of: 2)
  }

  private static let nonsense = Outcome.malformed(
    "something would be appended to what is not a list")

  private func read(_ keys: [String]) -> Result<WeakView, WeakEnd> {
    let keys = Set(keys).sorted()
    let found = store.ask(.view(keys), call)
    guard case .done(let answer) = found, let view = WeakView(answer, of: keys) else {
      return .failure(WeakEnd(outcome: found))
    }
    return .success(view)
  }

  private func install(
    _ check: Installation.Check, since: UInt64, _ reads: [String], _ writes: [MicroOperation]
  ) -> Outcome {
    store.submit(
      .install(Installation(check: check, since: since, reads: reads, writes: writes)), call)
  }
}

/// How a transaction ended before its time.
struct WeakEnd: Error {
  let outcome: Outcome
}

/// Some cells as they were at one moment.
struct WeakView {
  let serial: UInt64
  let lastWide: UInt64
  var values: [String: Datum]

  init(serial: UInt64, lastWide: UInt64, values: [String: Datum]) {
    self.serial = serial
    self.lastWide = lastWide
    self.values = values
  }

  init?(_ answer: Datum, of keys: [String]) {
    guard let parts = answer.elements, parts.count == 3, let serial = parts[0].number,
      let lastWide = parts[1].number, let values = parts[2].elements, values.count == keys.count
    else { return nil }
    self.serial = UInt64(clamping: serial)
    self.lastWide = UInt64(clamping: lastWide)
    self.values = Dictionary(zip(keys, values)) { $1 }
  }

  /// What operations would read and leave, if they were alone.
  func run(_ operations: [MicroOperation]) -> (results: [Datum], cells: Cells)? {
    var cells = Cells()
    for (key, value) in values { cells.write(key, value) }
    return cells.run(operations).map { ($0, cells) }
  }
}

extension Outcome {
  fileprivate var isDone: Bool { if case .done = self { true } else { false } }
}
