import Basics

/// A replica without a leader, as a pure state machine: any replica takes a write, of two writes to
/// a key the one with the later stamp stays, and whoever missed it gets it by a hint, by the repair
/// of a read, or by comparison (DeCandia et al., "Dynamo", SOSP 2007, sections 4.4 to 4.7).
///
/// A write first asks a quorum for the newest stamp and a read hands on what it found, as in the
/// atomic register of Attiya, Bar-Noy and Dolev (JACM 1995) with several writers (Lynch and
/// Shvartsman, FTCS 1997): so each key is linearizable whatever the wall clocks say.
struct KeyedCore: Sendable {
  enum Input: Sendable {
    case tick
    case received(from: Int, KeyedMessage)
    /// Under a number that the shell chose; without a value it deletes.
    case put(UInt64, String, [UInt8]?)
    case get(UInt64, KeyedScope)
    case persisted(UInt64)
    /// Nobody waits for it any more.
    case gaveUp(UInt64)
  }

  enum Output: Sendable, Equatable {
    case send(to: Int, KeyedMessage)
    case persist(ticket: UInt64, DiskWrite)
    case done(UInt64, HybridStamp)
    case found(UInt64, [KeyedRecord])
  }

  let settings: CoreSettings
  var table: KeyedTable
  var operations: [UInt64: KeyedOperation] = [:]
  var upkeep: KeyedUpkeep
  /// The newest stamp that was seen or given.
  private(set) var clock = HybridStamp.never
  private(set) var wallMillis: UInt64 = 0
  private(set) var now: Duration
  private var outputs: [Output] = []
  private var held: [(ticket: UInt64, output: Output)] = []
  private var changes: [LogEntry] = []
  private var last: LogPoint
  private var snapshotIndex: UInt64
  private var issued: UInt64 = 0
  private var finished: UInt64 = 0

  init(_ settings: CoreSettings, _ recovered: Recovered, now: Duration) {
    self.settings = settings
    self.now = now
    table = KeyedTable(snapshot: recovered.snapshot, entries: recovered.entries)
    last = recovered.entries.last?.point ?? recovered.snapshot.point
    snapshotIndex = recovered.snapshot.point.index
    upkeep = KeyedUpkeep(settings)
    clock = table.records.values.map(\.stamp).max() ?? .never
  }

  /// Takes everything that happened since the last step; nothing is said before it is durable.
  mutating func step(_ inputs: [Input], now: Duration, wallMillis: UInt64) -> [Output] {
    (self.now, self.wallMillis) = (now, wallMillis)
    for input in inputs { take(input) }
    return finishStep()
  }

  var status: ReplicaStatus {
    ReplicaStatus(
      role: .peer, leader: nil, term: 0, committed: last.index, applied: last.index,
      takesWrites: upkeep.heard(now).count + 1 >= quorum(isRead: false), mayLose: nil)
  }

  private mutating func take(_ input: Input) {
    switch input {
    case .tick: keepUp()
    case .received(let from, let message):
      upkeep.hear(from, now)
      take(message, from)
    case .put(let id, let key, let value): beginPut(id, key, value)
    case .get(let id, let scope): beginGet(id, scope)
    case .persisted(let ticket): finished = max(finished, ticket)
    case .gaveUp(let id): operations[id]?.isAbandoned = true
    }
  }

  private mutating func take(_ message: KeyedMessage, _ from: Int) {
    switch message {
    case .write(let id, let records):
      merge(records)
      say(.wrote(id), to: from)
    case .wrote(let id): takeAcknowledgement(id, from)
    case .read(let id, let scope): say(.found(id, table.found(scope)), to: from)
    case .found(let id, let records): takeAnswer(id, from, records)
    case .hashes(let hashes): compare(hashes, from)
    case .buckets(let buckets, let records, let isQuestion):
      take(buckets, records, from, isQuestion: isQuestion)
    }
  }

  /// How many replicas must answer, this one among them.
  func quorum(isRead: Bool) -> Int {
    if settings.has(isRead ? .followerReadsAsFresh : .acknowledgesBeforeReplicating) { return 1 }
    let heard = upkeep.heard(now).count
    if isRead && heard == 0 && settings.has(.readsDuringRecovery) { return 1 }
    // Only who took writes on both sides has a side to drop.
    let isAlone: [Defect] = [
      .acceptsWritesInMinority, .countsDeadPeerForQuorum, .splitBrainDropsASide,
    ]
    if !settings.defects.isDisjoint(with: isAlone) {
      return min(settings.majority, heard + 1)
    }
    return settings.majority
  }

  /// Whether the defect of the key that never converges is about this one.
  func isLeftOut(_ key: String) -> Bool {
    settings.has(.oneKeyNeverConverges) && Checksum.of(Array(key.utf8)) % 8 == 3
  }

  mutating func nextStamp(after seen: HybridStamp) -> HybridStamp {
    if settings.has(.lastWriteWinsBySkewedClock) {
      return HybridStamp(millis: wallMillis, counter: 0, node: UInt8(settings.own))
    }
    clock = max(clock, seen).next(wallMillis, node: settings.own)
    return clock
  }

  /// Keeps what is newer than what is here.
  mutating func merge(_ records: [KeyedRecord]) {
    for record in records where record.stamp > table.records[record.key]?.stamp ?? .never {
      clock = max(clock, record.stamp)
      change(.keep(record))
    }
  }

  mutating func change(_ change: KeyedTable.Change) {
    table.make(change)
    last.index += 1
    changes.append(
      LogEntry(index: last.index, term: last.term, kind: .command, command: change.bytes))
  }

  mutating func say(_ message: KeyedMessage, to place: Int) { emit(.send(to: place, message)) }

  mutating func emit(_ output: Output) { outputs.append(output) }

  private mutating func finishStep() -> [Output] {
    var ready: [Output] = []
    if !changes.isEmpty {
      issued += 1
      ready.append(.persist(ticket: issued, takeChanges()))
    }
    held += outputs.map { (issued, $0) }
    outputs = []
    ready += held.prefix { $0.ticket <= finished }.map(\.output)
    held.removeAll { $0.ticket <= finished }
    return ready
  }

  private mutating func takeChanges() -> DiskWrite {
    defer { changes = [] }
    guard last.index - snapshotIndex > settings.entriesBetweenSnapshots else {
      return DiskWrite(entries: changes)
    }
    snapshotIndex = last.index
    return DiskWrite(snapshot: Snapshot(last, table.state))
  }
}
