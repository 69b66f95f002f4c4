internal import Basics
internal import Histories
internal import SQLite

/// From version 6 on an archive has a row for each operation: each row is two events, which are put back into
/// their order as they are read.
extension ArchiveReader {
  mutating func readOperations() throws(ReadError) {
    let manners = try readManners()
    let blocks = try readBlocks()
    var block = (id: Int64(-1), time: Int64(0), value: Int64(0))
    var order = EventOrder()
    var pending = try PendingRows.first(database)
    try rows(
      "select position, manner, back, time, took, late, value, rest from completed order by position"
    ) { (reader, row) throws(ReadError) in
      let position = row.integer(0)
      let back = row.integer(2)
      guard position >= 0, back > 0, back <= position else {
        throw reader.wrong(position, "an operation that ends before it begins")
      }
      guard let number = Int(exactly: row.integer(1)), manners.indices.contains(number) else {
        throw reader.wrong(position, "an operation of a manner that the file has not")
      }
      if block.id != position >> ArchiveSchema.blockBits {
        block.id = position >> ArchiveSchema.blockBits
        guard let found = blocks[block.id] else {
          throw reader.wrong(position, "an operation whose block the file has not")
        }
        (block.time, block.value) = found
      }
      let (begun, ended) = try reader.events(row, manners[number], (block.time, block.value))
      try reader.deliver(begun, at: position - back, &order, &pending)
      try reader.deliver(ended, at: position, &order, &pending)
    }
    try deliver(&order, &pending)
    // Nothing more can fill a gap.
    if order.isWaiting || pending.position != nil {
      throw wrong(order.next, "no event is at this position")
    }
  }

  /// Appends an event and what comes after it, for as far as it is here; or keeps it until its turn comes.
  private mutating func deliver(
    _ event: Event, at position: Int64, _ order: inout EventOrder, _ pending: inout PendingRows
  ) throws(ReadError) {
    guard position != pending.position,
      position == order.next ? order.pass() : order.keep(event, at: position)
    else { throw wrong(position, "two events are at this position") }
    if position < order.next { try append(event, at: position) }
    try deliver(&order, &pending)
  }

  private mutating func deliver(
    _ order: inout EventOrder, _ pending: inout PendingRows
  ) throws(ReadError) {
    while true {
      let position = order.next
      if let waiting = pending.position, waiting <= position {
        guard waiting == position else {
          throw wrong(
            waiting,
            waiting < 0 ? "no event is before the first" : "two events are at this position")
        }
        let event = try invocation(pending.row, at: position)
        try pending.step()
        guard order.pass() else { throw wrong(position, "two events are at this position") }
        try append(event, at: position)
      } else if let event = order.take() {
        try append(event, at: position)
      } else {
        return
      }
    }
  }

  private mutating func append(_ event: Event, at position: Int64) throws(ReadError) {
    do throws(HistoryError) {
      try builder.append(event)
    } catch {
      throw wrong(position, error.sentence)
    }
  }

  /// The two events of a row of `completed`.
  private mutating func events(
    _ row: borrowing Statement, _ manner: Manner, _ block: (time: Int64, value: Int64)
  ) throws(ReadError) -> (begun: Event, ended: Event) {
    let position = row.integer(0)
    let time = block.time &+ row.integer(3)
    var values = (value: try value(row, 6, position), rest: try value(row, 7, position))
    if manner.isRelative {
      let (number, isOver) = row.integer(6).addingReportingOverflow(block.value)
      guard row.kind(6) == .integer, !isOver else {
        throw wrong(position, "an operation whose value is no number, as its manner has it")
      }
      values.value = builder.values.integer(number)
    }
    let places = manner.places
    var begun = Event(
      process: manner.process, kind: .invoke, function: manner.function,
      value: try at(places.argument, values, position), time: try instant(time, position))
    begun.key = try at(places.key, values, position)
    begun.node = manner.node
    begun.workload = manner.workload
    begun.isFinal = manner.isFinal
    if row.kind(5) == .integer { begun.scheduled = try instant(time &- row.integer(5), position) }
    var ended = Event(
      process: manner.process, kind: manner.kind, function: manner.function,
      value: try at(places.result, values, position),
      time: try instant(time &+ row.integer(4), position))
    ended.key = try at(places.endedKey, values, position)
    ended.error = try at(places.error, values, position)
    ended.node = manner.endedNode
    ended.workload = manner.workload
    return (begun, ended)
  }

  /// The value at a place of a row.
  private func at(
    _ place: MannerPlace?, _ row: (value: Value, rest: Value), _ position: Int64
  ) throws(ReadError) -> Value {
    guard let place else { return .none }
    guard let index = place.element else { return place == .value ? row.value : row.rest }
    guard let list = builder.values.elements(row.rest), index < list.count else {
      throw wrong(position, "an operation without a value that its manner has")
    }
    return list[list.startIndex + index]
  }

  /// The event of a row of `pending`.
  private mutating func invocation(
    _ row: borrowing Statement, at position: Int64
  ) throws(ReadError) -> Event {
    guard let process = Int32(exactly: row.integer(2)), let function = function(row.integer(3))
    else { throw wrong(position, "an event with an impossible process or function") }
    var event = Event(
      process: process, kind: .invoke, function: function, value: try value(row, 4, position),
      time: try instant(row, 1))
    event.key = try value(row, 5, position)
    event.node = try label(row, 6, position)
    event.workload = try label(row, 7, position)
    if row.kind(8) == .integer { event.scheduled = try instant(row, 8) }
    event.isFinal = row.integer(9) != 0
    return event
  }

  private func function(_ number: Int64) -> FunctionID? {
    guard let index = UInt16(exactly: number), Int(index) < builder.functionCount else {
      return nil
    }
    return FunctionID(index: index)
  }

  private func instant(_ nanoseconds: Int64, _ position: Int64) throws(ReadError) -> Instant {
    guard let instant = Instant(checking: nanoseconds) else {
      throw wrong(position, "a time that is too far away for a moment of a run")
    }
    return instant
  }
}

/// What rows of operations say once for many.
extension ArchiveReader {
  fileprivate mutating func readManners() throws(ReadError) -> [Manner] {
    var manners: [Manner] = []
    try rows(
      """
      select id, process, f, type, node, ended_node, workload, final, argument, key, result,
        ended_key, error, relative from manner order by id
      """
    ) { (reader, row) throws(ReadError) in
      let id = row.integer(0)
      guard id == Int64(manners.count) else {
        throw reader.wrong(id, "the ids of table manner are not 0, 1, 2 …")
      }
      guard let process = Int32(exactly: row.integer(1)),
        let function = reader.function(row.integer(2)),
        let kind = UInt8(exactly: row.integer(3)).flatMap(Event.Kind.init(rawValue:)),
        kind != .invoke
      else { throw reader.wrong(id, "a manner with an impossible type, process or function") }
      manners.append(
        Manner(
          process: process, function: function, kind: kind, node: try reader.label(row, 4, id),
          endedNode: try reader.label(row, 5, id), workload: try reader.label(row, 6, id),
          isFinal: row.integer(7) != 0, isRelative: row.integer(13) != 0,
          places: Places(
            argument: try reader.place(row, 8), key: try reader.place(row, 9),
            result: try reader.place(row, 10), endedKey: try reader.place(row, 11),
            error: try reader.place(row, 12))))
    }
    return manners
  }

  private func place(
    _ row: borrowing Statement, _ column: Int32
  ) throws(ReadError) -> MannerPlace? {
    guard row.kind(column) != .null else { return nil }
    guard row.kind(column) == .integer,
      let number = Int(exactly: row.integer(column)), (0...MannerPlace.last).contains(number)
    else { throw wrong(row.integer(0), "a manner with a value at an impossible place") }
    return MannerPlace(number: number)
  }

  fileprivate mutating func readBlocks() throws(ReadError) -> [Int64: (time: Int64, value: Int64)] {
    var blocks: [Int64: (time: Int64, value: Int64)] = [:]
    try rows("select id, time, value from block") { (_, row) throws(ReadError) in
      blocks[row.integer(0)] = (row.integer(1), row.integer(2))
    }
    return blocks
  }
}

/// The rows of `pending` in order, one after the other.
private struct PendingRows: ~Copyable {
  let row: Statement
  /// The position of the row that is looked at; nil when there is none left.
  private(set) var position: Int64?

  init(_ database: borrowing Database) throws(SQLiteError) {
    let row = try database.prepare(
      """
      select position, time, process, f, value, key, node, workload, scheduled, final
        from pending order by position
      """)
    position = try row.step() ? row.integer(0) : nil
    self.row = row
  }

  fileprivate static func first(
    _ database: borrowing Database
  ) throws(ArchiveReader.ReadError) -> PendingRows {
    do throws(SQLiteError) {
      return try PendingRows(database)
    } catch {
      throw .database(error)
    }
  }

  mutating func step() throws(ArchiveReader.ReadError) {
    do throws(SQLiteError) {
      position = try row.step() ? row.integer(0) : nil
    } catch {
      throw .database(error)
    }
  }
}
