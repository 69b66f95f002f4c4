/// Everything that the store keeps, as it is replicated: commands in, answers out, no clock and no chance.
struct StoreMachine: Replicated, Equatable {
  /// Milliseconds of store time: the greatest that a command came with.
  private var now: UInt64 = 0
  private var sessions = SessionTable()
  private var cells = Cells()
  private var sets: [String: ElementSet] = [:]
  private var counters: [String: Int64] = [:]
  private var banks: [String: Accounts] = [:]
  private var queues: [String: LeasedQueue] = [:]
  private var locks = FencedLocks()
  private var timers = TimerTable()
  private var sequences: [String: UInt64] = [:]

  init() {}

  mutating func apply(_ command: [UInt8]) -> [UInt8] {
    guard let stamped = StampedCommand(coded: command) else {
      return Answer.refused("this is not a command").coded
    }
    if let known = sessions.answer(to: stamped.stamp) { return known.coded }
    now = max(now, stamped.stamp.time)
    let answer = carryOut(stamped.command, stamped.stamp)
    sessions.keep(answer, to: stamped.stamp)
    return answer.coded
  }

  private mutating func carryOut(_ command: StoreCommand, _ stamp: Stamp) -> Answer {
    switch command {
    case .write(let key, let value):
      cells.write(key, kept(value, stamp))
      return .done(.nothing)
    case .compareAndSet(let key, let old, let new):
      return cells.compareAndSet(key, old, kept(new, stamp))
        ? .done(.nothing) : .declined("another value is there")
    case .transaction(let operations):
      guard let results = cells.run(operations) else {
        return .refused("something would be appended to what is not a list")
      }
      truncate(operations, stamp)
      return .done(.list(results))
    case .install(let installation):
      return cells.install(installation)
        ? .done(.nothing) : .declined("another transaction came first")
    case .addElement(let set, let element):
      sets[set, default: ElementSet()].add(kept(element, stamp))
      return .done(.nothing)
    case .increase(let counter, let amount): return increase(counter, amount)
    default: return lend(command, stamp)
    }
  }

  /// What depends on store time, and numbers.
  private mutating func lend(_ command: StoreCommand, _ stamp: Stamp) -> Answer {
    switch command {
    case .openBank(let bank, let balances):
      banks[bank, default: Accounts()].open(balances)
      return .done(.nothing)
    case .transfer(let bank, let from, let to, let amount):
      return banks[bank, default: Accounts()].transfer(amount, from: from, to: to)
    case .enqueue(let queue, let element):
      queues[queue, default: LeasedQueue()].enqueue(kept(element, stamp))
      return .done(.nothing)
    case .take(let queue, let lease, let inOrder):
      return queues[queue, default: LeasedQueue()]
        .take(lease: lease, inOrder: inOrder, stamp, at: now)
    case .acknowledge(let queue, let token):
      return queues[queue, default: LeasedQueue()].acknowledge(token, stamp, at: now)
    case .acquire(let lock, let owner, let lease):
      return locks.acquire(lock, owner, lease: lease, stamp, at: now)
    case .release(let lock, let token): return locks.release(lock, token: token, at: now)
    case .setTimer(let id, let delay, let home):
      return timers.set(id, after: delay, home: home, at: now)
    case .fire(let ids): return timers.fire(ids, stamp, at: now)
    case .number(let sequence, let count): return number(sequence, count)
    default: return .refused("this is not a command")
    }
  }

  private mutating func increase(_ counter: String, _ amount: Int64) -> Answer {
    let (sum, isOver) = counters[counter, default: 0].addingReportingOverflow(amount)
    guard !isOver else { return .refused("the counter can hold no more") }
    counters[counter] = sum
    return .done(.integer(sum))
  }

  private mutating func number(_ sequence: String, _ count: UInt64) -> Answer {
    let last = sequences[sequence, default: 0]
    let (next, isOver) = last.addingReportingOverflow(count)
    guard count > 0, !isOver, next <= Int64.max else { return .refused("no numbers are left") }
    sequences[sequence] = next
    return .done(.natural(last + 1))
  }
}

extension StoreMachine {
  func answer(_ query: [UInt8]) -> [UInt8] {
    guard let query = StoreQuery(coded: query) else {
      return Answer.refused("this is not a question").coded
    }
    return Answer.done(tell(query)).coded
  }

  private func tell(_ query: StoreQuery) -> Datum {
    switch query {
    case .read(let key): cells[key]
    case .view(let keys): cells.view(keys)
    case .elements(let set): .list(sets[set]?.elements ?? [])
    case .counter(let counter): .integer(counters[counter] ?? 0)
    case .balances(let bank): banks[bank]?.all ?? .list([])
    case .fired: timers.fired(since: 0)
    case .agenda(let time): .list([.natural(now), timers.due(at: time)])
    case .firedSince(let time): timers.fired(since: time)
    case .lastNumber(let sequence): .natural(sequences[sequence] ?? 0)
    }
  }
}

extension StoreMachine: CodedByFields {
  func snapshot() -> [UInt8] { coded }
  init?(snapshot: [UInt8]) { self.init(coded: snapshot) }

  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&now)
    try coder.field(&sessions)
    try coder.field(&cells)
    try coder.field(&sets)
    try coder.field(&counters)
    try coder.field(&banks)
    try coder.field(&queues)
    try coder.field(&locks)
    try coder.field(&timers)
    try coder.field(&sequences)
  }
}

/// What `truncates-large-value` cuts off.
extension StoreMachine {
  private static let longestText = 256
  private static let longestList = 64

  private func kept(_ value: Datum, _ stamp: Stamp) -> Datum {
    guard stamp.has(.truncatesLargeValue) else { return value }
    switch value {
    case .text(let text): return .text(String(text.prefix(Self.longestText)))
    case .list(let elements): return .list(Array(elements.prefix(Self.longestList)))
    default: return value
    }
  }

  private mutating func truncate(_ operations: [MicroOperation], _ stamp: Stamp) {
    guard stamp.has(.truncatesLargeValue) else { return }
    for operation in operations where operation.kind == .append {
      cells.write(operation.key, kept(cells[operation.key], stamp))
    }
  }
}
