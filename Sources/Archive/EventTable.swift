internal import Basics
internal import Histories
internal import SQLite

/// Appends events to the archive's tables; the caller keeps the transactions.
struct EventTable: ~Copyable {
  private let insert: Statement
  private var pending = PendingOperations()
  private var position: Int64 = 0
  private var text: [UInt8] = []

  init(_ database: borrowing Database) throws(SQLiteError) {
    insert = try database.prepare(
      """
      insert into event(position, time, process, type, f, value, key, error, node, workload,
        scheduled, final, invocation) values (?,?,?,?,?,?,?,?,?,?,?,?,?)
      """)
  }

  mutating func append(_ event: Event, _ values: Values) throws(SQLiteError) {
    insert.clearBindings()
    try insert.bind(position, at: 1)
    try insert.bind(event.time.nanoseconds, at: 2)
    try insert.bind(Int64(event.process), at: 3)
    try insert.bind(Int64(event.kind.rawValue), at: 4)
    try insert.bind(Int64(event.function.index), at: 5)
    try bind(event.value, values, at: 6)
    try bind(event.key, values, at: 7)
    try bind(event.error, values, at: 8)
    if event.node != .none { try insert.bind(Int64(event.node.index), at: 9) }
    if event.workload != .none { try insert.bind(Int64(event.workload.index), at: 10) }
    if let scheduled = event.scheduled { try insert.bind(scheduled.nanoseconds, at: 11) }
    if event.isFinal { try insert.bind(Int64(1), at: 12) }
    if event.kind == .invoke {
      _ = pending.begin(Int(position), on: event.process)
    } else if let invocation = pending.end(on: event.process) {
      try insert.bind(Int64(invocation), at: 13)
    }
    try insert.run()
    position += 1
  }

  private mutating func bind(
    _ value: Value, _ values: Values, at parameter: Int32
  ) throws(SQLiteError) {
    if value.isNone { return }
    if let integer = values.integer(value) { return try insert.bind(integer, at: parameter) }
    if value.kind == .number, let number = values.number(value), !number.isNaN {
      return try insert.bind(number, at: parameter)
    }
    text.removeAll(keepingCapacity: true)
    JSONValue.write(value, values, to: &text)
    try insert.bind(utf8: text.span, at: parameter)
  }
}
