internal import Basics
internal import Histories
internal import SQLite

/// Appends observations to the archive's tables, those of one moment as one row; the caller keeps the
/// transactions.
///
/// Most of what observers see is the same again and again (a role, a probe at rest), so a row says only when and
/// of which topic; what changes all the time (counters) is a list of the values alone.
struct ObservationTable: ~Copyable {
  private let insertTopic: Statement
  private let insertSighting: Statement
  private let findSighting: Statement
  private var topics: [Topic: Int64] = [:]
  /// How many values each subject has among the topics.
  private var known: [FactColumns: Int] = [:]
  /// The latest moment that has a row.
  private var latest = Int64.min
  /// What the last row is of, and how far from it.
  private var newest: (time: Int64, shift: Int64)?

  /// So many different values of one subject become topics; what is beyond them stands in the row.
  private static let knownLimit = 8
  /// A longer value stands in the row.
  private static let knownBytes = 256
  /// No more than so many are one row.
  private static let togetherLimit = 256

  init(_ database: borrowing Database) throws(SQLiteError) {
    let topic = try database.prepare("insert into topic values (?,?,?,?,?,?,?,?)")
    let sighting = try database.prepare("insert into sighting values (?,?,?)")
    let find = try database.prepare("select 1 from sighting where time = ?")
    insertTopic = topic
    insertSighting = sighting
    findSighting = find
  }

  /// Takes observations in the order in which they were recorded.
  mutating func append(_ observations: [Observation]) throws(SQLiteError) {
    var start = 0
    while start < observations.count {
      let time = observations[start].time
      let limit = min(observations.count, start + Self.togetherLimit)
      let end = observations[start..<limit].firstIndex { $0.time != time } ?? limit
      try store(observations[start..<end].map { FactColumns($0.fact) }, at: time.nanoseconds)
      start = end
    }
  }

  private mutating func store(_ seen: [FactColumns], at time: Int64) throws(SQLiteError) {
    let shift = try shift(of: time)
    insertSighting.clearBindings()
    try insertSighting.bind(time + shift, at: 1)
    if seen.count > 1 {
      let values = JSON.array(seen.map(\.storedValue))
      try insertSighting.bind(try id(of: .together(seen.map(\.subjectOnly), shift)), at: 2)
      try insertSighting.bind(values.text(), at: 3)
    } else {
      try bind(seen[0], shift)
    }
    try insertSighting.run()
  }

  private mutating func bind(_ seen: FactColumns, _ shift: Int64) throws(SQLiteError) {
    let subject = seen.subjectOnly
    let told = Topic.alone(seen, shift)
    if topics[told] == nil, seen.value.utf8.count <= Self.knownBytes,
      known[subject, default: 0] < Self.knownLimit
    {
      known[subject, default: 0] += 1
      _ = try id(of: told)
    }
    if let id = topics[told] { return try insertSighting.bind(id, at: 2) }
    try insertSighting.bind(try id(of: .any(subject, shift)), at: 2)
    switch seen.storedValue {
    case .integer(let number): try insertSighting.bind(number, at: 3)
    default: try insertSighting.bind(seen.value, at: 3)
    }
  }

  /// How far a row must stand from its moment, for there is one already.
  private mutating func shift(of time: Int64) throws(SQLiteError) -> Int64 {
    var shift: Int64 = 0
    if let newest, newest.time == time { shift = newest.shift + 1 }
    while time + shift <= latest, try isTaken(time + shift) { shift += 1 }
    latest = max(latest, time + shift)
    newest = (time, shift)
    return shift
  }

  private func isTaken(_ time: Int64) throws(SQLiteError) -> Bool {
    try findSighting.bind(time, at: 1)
    var isTaken = false
    while try findSighting.step() { isTaken = true }
    return isTaken
  }

  private mutating func id(of topic: Topic) throws(SQLiteError) -> Int64 {
    if let id = topics[topic] { return id }
    let id = Int64(topics.count)
    topics[topic] = id
    switch topic {
    case .alone(let seen, let shift): try store(id, 0, shift, seen, seen.value)
    case .any(let subject, let shift): try store(id, 0, shift, subject, nil)
    case .together(let subjects, let shift):
      for (index, subject) in subjects.enumerated() {
        try store(id, index + 1, shift, subject, nil)
      }
    }
    return id
  }

  private func store(
    _ id: Int64, _ place: Int, _ shift: Int64, _ subject: FactColumns, _ value: String?
  ) throws(SQLiteError) {
    insertTopic.clearBindings()
    try insertTopic.bind(id, at: 1)
    try insertTopic.bind(Int64(place), at: 2)
    try insertTopic.bind(shift, at: 3)
    try insertTopic.bind(subject.kind, at: 4)
    try insertTopic.bind(subject.subject, at: 5)
    try insertTopic.bind(subject.node, at: 6)
    try insertTopic.bind(subject.source, at: 7)
    if let value { try insertTopic.bind(value, at: 8) }
    try insertTopic.run()
  }
}

/// What a row of observations is about, and how far it stands from its moment.
private enum Topic: Hashable {
  /// One observation, its value too.
  case alone(FactColumns, Int64)
  /// One observation, whose value stands in the row.
  case any(FactColumns, Int64)
  /// Several, whose values stand in the row.
  case together([FactColumns], Int64)
}

extension FactColumns {
  /// Without the value.
  fileprivate var subjectOnly: FactColumns {
    FactColumns(kind: kind, subject: subject, node: node, value: "", source: source)
  }

  /// As a number where that says the same.
  fileprivate var storedValue: JSON {
    guard let number = Int64(value), "\(number)" == value else { return .string(value) }
    return .integer(number)
  }
}
