internal import Basics
internal import Histories
internal import SQLite

/// Appends operations to the archive's tables, each as one row once it has ended.
///
/// The caller keeps the transactions and says `keepPending` before each is over: then what is stored has every
/// event up to some position, and none after it.
struct OperationTable: ~Copyable {
  private let insertCompleted: Statement
  private let insertPending: Statement
  private let deletePending: Statement
  private let insertManner: Statement
  private let insertBlock: Statement
  /// Which place in `begun` a process' operation has.
  private var inFlight = PendingOperations()
  private var begun: [Begun?] = []
  private var free: [Int] = []
  /// The places taken since `keepPending` was last said.
  private var taken: [Int] = []
  private var manners: [Manner: Int64] = [:]
  private var block = OperationBlock(id: -1, time: 0, value: 0)
  /// The newest first value that was an integer.
  private var newest: Int64 = 0
  private var position: Int64 = 0
  private var row = RowValues()
  private var column = ValueColumn()

  private struct Begun {
    let event: Event
    let position: Int64
    /// There is a row in `pending`.
    var isStored = false
  }

  init(_ database: borrowing Database) throws(SQLiteError) {
    let completed = try database.prepare("insert into completed values (?,?,?,?,?,?,?,?)")
    let pending = try database.prepare("insert into pending values (?,?,?,?,?,?,?,?,?,?)")
    let ended = try database.prepare("delete from pending where position = ?")
    let manner = try database.prepare("insert into manner values (?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
    let block = try database.prepare("insert into block values (?,?,?)")
    insertCompleted = completed
    insertPending = pending
    deletePending = ended
    insertManner = manner
    insertBlock = block
  }

  /// Takes the next event of a history.
  mutating func append(_ event: Event, _ values: Values) throws(SQLiteError) {
    if event.kind == .invoke {
      begin(event)
    } else if let place = inFlight.end(on: event.process), let begun = begun[place] {
      self.begun[place] = nil
      free.append(place)
      if begun.isStored {
        try deletePending.bind(begun.position, at: 1)
        try deletePending.run()
      }
      try store(begun, event, values)
    } else {
      fatalError("process \(event.process) ends an operation that it did not begin")
    }
    position += 1
  }

  private mutating func begin(_ event: Event) {
    let place = free.popLast() ?? begun.count
    guard inFlight.begin(place, on: event.process) else {
      fatalError("process \(event.process) begins an operation while it has one in flight")
    }
    if place == begun.count { begun.append(nil) }
    begun[place] = Begun(event: event, position: position)
    taken.append(place)
  }

  private mutating func store(
    _ begun: Begun, _ ended: Event, _ values: Values
  ) throws(SQLiteError) {
    let event = begun.event
    let places = row.take(event, ended, values)
    let block = try block(at: ended.time)
    let number = row.integer(values)
    let relative = number.flatMap { block.short(for: $0) }
    if let number { newest = number }
    let manner = try id(
      of: Manner(
        process: event.process, function: event.function, kind: ended.kind, node: event.node,
        endedNode: ended.node, workload: event.workload, isFinal: event.isFinal,
        isRelative: relative != nil, places: places))
    insertCompleted.clearBindings()
    try insertCompleted.bind(position, at: 1)
    try insertCompleted.bind(manner, at: 2)
    try insertCompleted.bind(position - begun.position, at: 3)
    try insertCompleted.bind(event.time.nanoseconds &- block.time, at: 4)
    try insertCompleted.bind(ended.time.nanoseconds &- event.time.nanoseconds, at: 5)
    if let scheduled = event.scheduled {
      try insertCompleted.bind(event.time.nanoseconds &- scheduled.nanoseconds, at: 6)
    }
    try row.bind(values, inPlaceOfFirst: relative, to: insertCompleted, at: 7)
    try insertCompleted.run()
  }

  /// The block of this position, which begins at this time where it is new.
  private mutating func block(at time: Instant) throws(SQLiteError) -> OperationBlock {
    let id = position >> ArchiveSchema.blockBits
    if block.id == id { return block }
    block = OperationBlock(id: id, time: time.nanoseconds, value: newest)
    try insertBlock.bind(id, at: 1)
    try insertBlock.bind(block.time, at: 2)
    try insertBlock.bind(block.value, at: 3)
    try insertBlock.run()
    return block
  }

  private mutating func id(of manner: Manner) throws(SQLiteError) -> Int64 {
    if let id = manners[manner] { return id }
    let id = Int64(manners.count)
    insertManner.clearBindings()
    try insertManner.bind(id, at: 1)
    try insertManner.bind(Int64(manner.process), at: 2)
    try insertManner.bind(Int64(manner.function.index), at: 3)
    try insertManner.bind(Int64(manner.kind.rawValue), at: 4)
    try bind(manner.node, to: insertManner, at: 5)
    try bind(manner.endedNode, to: insertManner, at: 6)
    try bind(manner.workload, to: insertManner, at: 7)
    try insertManner.bind(Int64(manner.isFinal ? 1 : 0), at: 8)
    try insertManner.bind(Int64(manner.isRelative ? 1 : 0), at: 9)
    let places = manner.places
    try bind(places.argument, at: 10)
    try bind(places.key, at: 11)
    try bind(places.result, at: 12)
    try bind(places.endedKey, at: 13)
    try bind(places.error, at: 14)
    try insertManner.run()
    manners[manner] = id
    return id
  }

  private func bind(_ place: MannerPlace?, at parameter: Int32) throws(SQLiteError) {
    if let place { try insertManner.bind(Int64(place.number), at: parameter) }
  }

  private func bind(
    _ label: LabelID, to statement: borrowing Statement, at parameter: Int32
  ) throws(SQLiteError) {
    if label != .none { try statement.bind(Int64(label.index), at: parameter) }
  }

  /// Stores what has begun and not ended.
  mutating func keepPending(_ values: Values) throws(SQLiteError) {
    for place in taken {
      guard let begun = begun[place], !begun.isStored else { continue }
      try store(begun, values)
      self.begun[place]?.isStored = true
    }
    taken.removeAll(keepingCapacity: true)
  }

  private mutating func store(_ begun: Begun, _ values: Values) throws(SQLiteError) {
    let event = begun.event
    insertPending.clearBindings()
    try insertPending.bind(begun.position, at: 1)
    try insertPending.bind(event.time.nanoseconds, at: 2)
    try insertPending.bind(Int64(event.process), at: 3)
    try insertPending.bind(Int64(event.function.index), at: 4)
    try column.bind(event.value, values, to: insertPending, at: 5)
    try column.bind(event.key, values, to: insertPending, at: 6)
    try bind(event.node, to: insertPending, at: 7)
    try bind(event.workload, to: insertPending, at: 8)
    if let scheduled = event.scheduled { try insertPending.bind(scheduled.nanoseconds, at: 9) }
    try insertPending.bind(Int64(event.isFinal ? 1 : 0), at: 10)
    try insertPending.run()
  }
}

/// What the times and numbers of some operations count from.
private struct OperationBlock {
  let id: Int64
  let time: Int64
  let value: Int64

  /// A number as it counts from this block's, where that makes it two bytes shorter: numbers that are given
  /// out one after the other are long before an hour is over, and lie close together.
  func short(for number: Int64) -> Int64? {
    guard Int16(exactly: number) == nil else { return nil }
    let (relative, isOver) = number.subtractingReportingOverflow(value)
    return isOver || Int8(exactly: relative) == nil ? nil : relative
  }
}
