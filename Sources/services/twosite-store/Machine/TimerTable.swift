import Basics

/// Timers: each fires once, by a command of the leader, and what has fired is kept.
struct TimerTable: Equatable, Sendable {
  struct Pending: Equatable, Sendable {
    var due: UInt64 = 0
    /// The site that took it.
    var home = ""
  }

  struct Fired: Equatable, Sendable {
    var id = Datum.nothing
    var at: UInt64 = 0
  }

  private var pending: [String: Pending] = [:]
  private var ids: [String: Datum] = [:]
  private(set) var fired: [Fired] = []

  /// Declined where there is, or was, one of that id.
  mutating func set(_ id: Datum, after delay: UInt64, home: String, at now: UInt64) -> Answer {
    let key = Self.key(id)
    guard ids[key] == nil else { return .declined("there is such a timer") }
    let (due, isOver) = now.addingReportingOverflow(delay)
    ids[key] = id
    pending[key] = Pending(due: isOver ? .max : due, home: home)
    return .done(.nothing)
  }

  /// Fires those that are due and have not fired.
  mutating func fire(_ ids: [Datum], _ stamp: Stamp, at now: UInt64) -> Answer {
    for id in ids {
      let isDue = pending[Self.key(id)].map { $0.due <= now } ?? false
      if isDue { pending[Self.key(id)] = nil }
      if isDue || stamp.has(.timerTwice) { fired.append(Fired(id: id, at: now)) }
    }
    return .done(.nothing)
  }

  /// Pairs of an id and its home, the first that are due first.
  func due(at time: UInt64) -> Datum {
    let due = pending.filter { $0.value.due <= time }
      .sorted { ($0.value.due, $0.key) < ($1.value.due, $1.key) }
    return .list(due.map { .list([ids[$0.key] ?? .nothing, .text($0.value.home)]) })
  }

  func fired(since time: UInt64) -> Datum {
    .list(fired.filter { $0.at >= time }.map(\.id))
  }

  /// A text that orders ids the same way everywhere.
  private static func key(_ id: Datum) -> String { id.json.text() }
}

extension TimerTable: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&pending)
    try coder.field(&ids)
    try coder.field(&fired)
  }
}

extension TimerTable.Pending: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&due)
    try coder.field(&home)
  }
}

extension TimerTable.Fired: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&id)
    try coder.field(&at)
  }
}
