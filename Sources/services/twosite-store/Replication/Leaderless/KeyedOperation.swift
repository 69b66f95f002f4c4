/// A client's operation at the replica that it asked.
struct KeyedOperation: Sendable {
  enum Aim: Sendable {
    case put(key: String, value: [UInt8]?)
    case get(KeyedScope)
  }

  var aim: Aim
  var since: Duration
  /// What each replica answered.
  var answers: [Int: [KeyedRecord]] = [:]
  /// What is being written, and who is known to have it.
  var written: [KeyedRecord]?
  var having: Set<Int> = []
  var isAnswered = false
  /// Whether no client waits.
  var isAbandoned = false

  /// The newest of each key that was answered, in the order of keys.
  var newest: [KeyedRecord] {
    var newest: [String: KeyedRecord] = [:]
    for record in answers.values.joined() {
      if record.stamp > newest[record.key]?.stamp ?? .never { newest[record.key] = record }
    }
    return newest.values.sorted { $0.key < $1.key }
  }

  /// Who answered with all of the newest.
  var upToDate: Set<Int> {
    let newest = newest
    return Set(answers.filter { $0.value.sorted { $0.key < $1.key } == newest }.keys)
  }
}

// Asking a quorum, and then telling one.
extension KeyedCore {
  mutating func beginPut(_ id: UInt64, _ key: String, _ value: [UInt8]?) {
    operations[id] = KeyedOperation(aim: .put(key: key, value: value), since: now)
    if settings.has(.lastWriteWinsBySkewedClock) {
      return write(id, key, value, after: .never)
    }
    ask(id, .key(key))
  }

  mutating func beginGet(_ id: UInt64, _ scope: KeyedScope) {
    operations[id] = KeyedOperation(aim: .get(scope), since: now)
    ask(id, scope)
  }

  private mutating func ask(_ id: UInt64, _ scope: KeyedScope) {
    for place in settings.others { say(.read(id, scope), to: place) }
    takeAnswer(id, settings.own, table.found(scope))
  }

  mutating func takeAnswer(_ id: UInt64, _ from: Int, _ records: [KeyedRecord]) {
    guard var operation = operations[id], operation.written == nil else { return }
    operation.answers[from] = records
    operations[id] = operation
    switch operation.aim {
    case .put(let key, let value):
      guard operation.answers.count >= quorum(isRead: false) else { return }
      write(id, key, value, after: operation.newest.first?.stamp ?? .never)
    case .get:
      guard operation.answers.count >= quorum(isRead: true) else { return }
      repair(id, operation)
    }
  }

  private mutating func write(
    _ id: UInt64, _ key: String, _ value: [UInt8]?, after stamp: HybridStamp
  ) {
    let record = KeyedRecord(key: key, stamp: nextStamp(after: stamp), value: value)
    operations[id]?.written = [record]
    merge([record])
    for place in settings.others where !isLeftOut(key) || place != settings.replicas.last {
      say(.write(id, [record]), to: place)
    }
    takeAcknowledgement(id, settings.own)
  }

  /// Hands on what was found, so that a later read finds it, too.
  private mutating func repair(_ id: UInt64, _ operation: KeyedOperation) {
    let newest = operation.newest
    operations[id]?.written = newest
    operations[id]?.having = operation.upToDate
    let isHidden = settings.has(.divergenceHiddenByReadRepair)
    if isHidden || newest.contains(where: { isLeftOut($0.key) }) { return finishGet(id) }
    for place in operation.answers.keys.sorted() where !operation.upToDate.contains(place) {
      if place == settings.own {
        merge(newest)
        operations[id]?.having.insert(place)
      } else {
        say(.write(id, newest), to: place)
      }
    }
    takeAcknowledgement(id, nil)
  }

  /// - Parameter place: who has it now; nil where nobody more has.
  mutating func takeAcknowledgement(_ id: UInt64, _ place: Int?) {
    if let place, id >= KeyedUpkeep.firstHint { return delivered(to: place, id) }
    if let place { operations[id]?.having.insert(place) }
    guard let operation = operations[id], let written = operation.written else { return }
    switch operation.aim {
    case .get:
      if operation.having.count >= quorum(isRead: true) { finishGet(id) }
    case .put:
      if operation.having.count >= quorum(isRead: false), !operation.isAnswered {
        operations[id]?.isAnswered = true
        emit(.done(id, written[0].stamp))
      }
      if operation.having.count == settings.replicas.count { operations[id] = nil }
    }
  }

  private mutating func finishGet(_ id: UInt64) {
    guard let operation = operations.removeValue(forKey: id) else { return }
    emit(.found(id, operation.written ?? []))
  }
}
