/// What makes replicas the same again after they were not: when, and how far it has got.
struct KeyedUpkeep: Sendable {
  /// The numbers of hints are beyond those of operations; the place of the replica is added.
  static let firstHint: UInt64 = 1 << 63
  /// How long a tombstone stays at least.
  static let grace = Duration.seconds(60)

  let sweep: Duration
  private var heardAt: [Int: Duration] = [:]
  private var returnedAt: [Int: Duration] = [:]
  /// What was offered to each replica that had missed it, and who was seen to have a key's
  /// tombstone.
  var offered: [Int: [KeyedRecord]] = [:]
  var confirmed: [String: Set<Int>] = [:]
  private var sweptAt: Duration?
  private var turn = 0

  init(_ settings: CoreSettings) { sweep = settings.timings.heartbeat * 10 }

  mutating func hear(_ place: Int, _ now: Duration) {
    if now - (heardAt[place] ?? now) > sweep * 5 { returnedAt[place] = now }
    heardAt[place] = now
  }

  /// Who was heard lately.
  func heard(_ now: Duration) -> [Int] {
    heardAt.filter { now - $0.value <= sweep * 3 }.keys.sorted()
  }

  /// Whether the replica was away until lately.
  func hasReturned(_ place: Int, _ now: Duration) -> Bool {
    returnedAt[place].map { now - $0 < sweep * 5 } ?? false
  }

  /// Whether it is time for upkeep again.
  mutating func isDue(_ now: Duration) -> Bool {
    if let sweptAt, now - sweptAt < sweep { return false }
    sweptAt = now
    turn += 1
    return true
  }

  /// Each of the others in its turn.
  func next(of others: [Int]) -> Int? { others.isEmpty ? nil : others[turn % others.count] }
}

extension KeyedCore {
  mutating func keepUp() {
    hint()
    guard upkeep.isDue(now) else { return }
    buryTombstones()
    if !settings.has(.divergenceHiddenByReadRepair) { offerHints() }
    // Who says nothing else is heard by this.
    if let place = upkeep.next(of: settings.others) { say(.hashes(hashes), to: place) }
  }

  /// Notes for those who have not acknowledged a write in time that they missed it.
  private mutating func hint() {
    let patience = settings.timings.heartbeat * 5
    for (id, operation) in operations.sorted(by: { $0.key < $1.key })
    where now - operation.since > patience {
      if case .put = operation.aim, let record = operation.written?.first, !isLeftOut(record.key) {
        for place in settings.others where !operation.having.contains(place) {
          noteMissed(record, by: place)
        }
      }
      if operation.isAnswered || operation.isAbandoned { operations[id] = nil }
    }
  }

  private mutating func noteMissed(_ record: KeyedRecord, by place: Int) {
    let isForgotten =
      settings.has(.divergenceHiddenByReadRepair) || settings.has(.splitBrainDropsASide)
    if isForgotten { return }
    let noted = table.hints[place]?[record.key]?.stamp ?? .never
    if record.stamp > noted { change(.hint(place, record)) }
  }

  private mutating func offerHints() {
    for place in settings.others {
      let missed = (table.hints[place] ?? [:]).values.sorted { $0.key < $1.key }.prefix(100)
      if missed.isEmpty { continue }
      upkeep.offered[place] = Array(missed)
      say(.write(KeyedUpkeep.firstHint + UInt64(place), Array(missed)), to: place)
    }
  }

  mutating func delivered(to place: Int, _ id: UInt64) {
    for record in upkeep.offered.removeValue(forKey: place) ?? []
    where table.hints[place]?[record.key]?.stamp == record.stamp {
      change(.delivered(place, record.key))
    }
  }

  private var hashes: [UInt32] { table.hashes { !isLeftOut($0) } }

  /// The other's hashes: where they are other than ours, the two exchange all they have.
  mutating func compare(_ others: [UInt32], _ from: Int) {
    guard others.count == KeyedTable.buckets, !settings.has(.divergenceHiddenByReadRepair) else {
      return
    }
    let own = hashes
    let differing = own.indices.filter { own[$0] != others[$0] }.map { UInt8($0) }
    confirmTombstones(from, except: Set(differing))
    if differing.isEmpty { return }
    say(.buckets(differing, shared(differing), isQuestion: true), to: from)
  }

  mutating func take(
    _ buckets: [UInt8], _ records: [KeyedRecord], _ from: Int, isQuestion: Bool
  ) {
    if isQuestion { say(.buckets(buckets, shared(buckets), isQuestion: false), to: from) }
    let isSettled = settings.has(.splitBrainDropsASide) && upkeep.hasReturned(from, now)
    if !isSettled { return merge(records) }
    // Of two sides the smaller one is dropped: by itself, and by all who hear of it.
    let away = settings.others.filter { upkeep.hasReturned($0, now) }
    if away.count == settings.others.count { replace(buckets, records) }
  }

  private func shared(_ buckets: [UInt8]) -> [KeyedRecord] {
    table.records(in: Set(buckets)).filter { !isLeftOut($0.key) }
  }

  /// What the other has is all there is.
  private mutating func replace(_ buckets: [UInt8], _ records: [KeyedRecord]) {
    for record in shared(buckets) { change(.forget(record.key)) }
    for record in records { change(.keep(record)) }
  }

  private mutating func confirmTombstones(_ place: Int, except differing: Set<UInt8>) {
    for record in table.records.values where record.value == nil {
      if differing.contains(KeyedTable.bucket(record.key)) { continue }
      upkeep.confirmed[record.key, default: []].insert(place)
    }
  }

  /// A tombstone goes once all have it and nobody can come with an older value.
  private mutating func buryTombstones() {
    for record in table.records.values.sorted(by: { $0.key < $1.key }) {
      guard record.value == nil else {
        upkeep.confirmed[record.key] = nil
        continue
      }
      let age = Duration.milliseconds(Int64(wallMillis) - Int64(record.stamp.millis))
      let isWithAll = upkeep.confirmed[record.key]?.count == settings.others.count
      guard isWithAll && age > KeyedUpkeep.grace || settings.has(.tombstoneResurrected) else {
        continue
      }
      change(.forget(record.key))
      upkeep.confirmed[record.key] = nil
    }
  }
}
