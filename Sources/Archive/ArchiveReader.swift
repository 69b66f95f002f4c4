internal import Basics
internal import Histories
internal import SQLite

/// Reads a history back from `history.sqlite`, sealed or left behind by a killed run.
///
/// The file may be anybody's: only real tables are read, nothing else of its schema is carried out, and
/// no query outlasts the budget.
struct ArchiveReader: ~Copyable {
  let database: Database
  /// What the database reads from.
  private let file: ArchiveFile
  private let path: String
  let budget: ReadingBudget
  var builder = HistoryBuilder()
  private var decoder = JSONValue()
  private var version = ArchiveSchema.version

  static func read(
    _ path: String, within budget: ReadingBudget = .unlimited
  ) throws(ArchiveError) -> History {
    do {
      return try readAll(path, budget)
    } catch {
      if case .database(_, let error) = error, error.isInterrupted, let part = budget.spent {
        throw .spent(path: path, part)
      }
      throw error
    }
  }

  private static func readAll(
    _ path: String, _ budget: ReadingBudget
  ) throws(ArchiveError) -> History {
    var reader = try ArchiveReader(path, budget)
    do throws(ReadError) {
      try reader.checkTables(["meta"])
      try reader.checkVersion()
      try reader.checkTables(ArchiveSchema.tables(readIn: reader.version))
      try reader.readNames()
      if reader.version <= ArchiveSchema.lastOfEvents {
        try reader.readEvents()
        try reader.readFaults()
        try reader.readObservations()
      } else {
        try reader.readOperations()
        try reader.readFaults()
        try reader.readSightings()
      }
    } catch {
      switch error {
      case .database(let error): throw .database(path: path, error)
      case .format(let error): throw .format(path: path, error)
      case .version(let message): throw .unrecognised(path: path, message)
      case .spent(let part): throw .spent(path: path, part)
      }
    }
    return reader.builder.finish()
  }

  enum ReadError: Error {
    case database(SQLiteError)
    case format(FormatError)
    case spent(ReadingBudget.Part)
    case version(String)
  }

  private init(_ path: String, _ budget: ReadingBudget) throws(ArchiveError) {
    self.path = path
    self.budget = budget
    let file = try ArchiveFile.find(path, atMost: budget.largestArchive)
    database = try ArchiveReader.open(file, path, budget)
    self.file = file
  }

  /// Of one value: a final read of some million elements.
  private static let longestValueBytes: Int32 = 64 << 20
  /// Of a function, a node or a workload.
  private static let longestNameBytes = 4096

  private static func open(
    _ file: borrowing ArchiveFile, _ path: String, _ budget: ReadingBudget
  ) throws(ArchiveError) -> Database {
    do throws(SQLiteError) {
      let database = try file.open()
      database.stop { budget.spent != nil }
      try database.distrust(longestValue: longestValueBytes)
      // Not mapped into memory: a failing disk must be an error, not a signal.
      try database.run("pragma cache_size = -16384")
      // One transaction, so that all tables are of one moment while a run is still writing.
      try database.run("begin")
      return database
    } catch {
      throw .database(path: path, error)
    }
  }

  mutating func rows(
    _ sql: String,
    _ body: (inout ArchiveReader, borrowing Statement) throws(ReadError) -> Void
  ) throws(ReadError) {
    do {
      let statement = try database.prepare(sql)
      while try statement.step() { try body(&self, statement) }
    } catch let error as SQLiteError {
      throw .database(error)
    } catch let error as ReadError {
      throw error
    } catch {
      throw .version("\(error)")
    }
  }

  /// Under each name that is read there must be a table with rows of its own: no view, no trigger, no
  /// table that a module makes up.
  private mutating func checkTables(_ names: Set<String>) throws(ReadError) {
    try rows(
      "select name, type, tbl_name, coalesce(rootpage, 0) from sqlite_master"
    ) { (reader, row) throws(ReadError) in
      let name = row.text(0).lowercased()
      let isRead = { (name: String) in names.contains(name.lowercased()) }
      if row.text(1) == "trigger", isRead(row.text(2)) {
        throw .version("the table '\(row.text(2))' has a trigger, which no history has")
      }
      if isRead(name), row.text(1) != "table" || row.integer(3) <= 0 {
        throw .version("'\(name)' is no real table, so this is no history of Faultline's")
      }
    }
  }

  private mutating func checkVersion() throws(ReadError) {
    var version: Int64?
    try rows("select key, value from meta") { (reader, row) throws(ReadError) in
      switch row.text(0) {
      case "schema": version = row.integer(1)
      case "times": reader.builder.hasTimes = row.integer(1) != 0
      case "order": reader.builder.hasRealTimeOrder = row.integer(1) != 0
      default: break
      }
    }
    guard let version, (ArchiveSchema.oldest...ArchiveSchema.version).contains(version) else {
      let found = version.map { "\($0)" } ?? "none"
      throw .version(
        "schema version \(found); this program reads version \(ArchiveSchema.version)")
    }
    self.version = version
  }

  private mutating func readNames() throws(ReadError) {
    try rows("select id, name from function order by id") { (reader, row) throws(ReadError) in
      try ArchiveReader.checkLength(row, "function")
      let id = reader.builder.function(row.text(1))
      try ArchiveReader.checkNumbering(Int64(id.index), row.integer(0), "function")
    }
    try rows("select id, name from label order by id") { (reader, row) throws(ReadError) in
      try ArchiveReader.checkLength(row, "label")
      let id = reader.builder.label(row.text(1))
      try ArchiveReader.checkNumbering(Int64(id.index), row.integer(0), "label")
    }
  }

  private static func checkLength(_ row: borrowing Statement, _ table: String) throws(ReadError) {
    guard row.withUTF8(1, { $0.count }) > longestNameBytes else { return }
    throw .version("a name in the table '\(table)' is longer than \(longestNameBytes) bytes")
  }

  static func checkNumbering(
    _ expected: Int64, _ found: Int64, _ table: String
  ) throws(ReadError) {
    guard expected == found, found < Int64(UInt16.max) else {
      throw .format(
        FormatError(
          line: Int(clamping: found), message: "the ids of table \(table) are not 0, 1, 2 …"))
    }
  }

  func wrong(_ position: Int64, _ message: String) -> ReadError {
    .format(FormatError(line: Int(clamping: position &+ 1), message: message))
  }

  mutating func value(
    _ row: borrowing Statement, _ column: Int32, _ position: Int64
  ) throws(ReadError) -> Value {
    switch row.kind(column) {
    case .null: return .none
    case .integer: return builder.values.integer(row.integer(column))
    case .number: return builder.values.number(row.number(column))
    case .text, .blob:
      let result = row.withUTF8(column) { text in
        Result { () throws(FormatError) in try decoder.value(text, &builder.values) }
      }
      switch result {
      case .success(let value): return value
      case .failure(let error): throw wrong(position, error.message)
      }
    }
  }

  func label(
    _ row: borrowing Statement, _ column: Int32, _ position: Int64
  ) throws(ReadError) -> LabelID {
    guard row.kind(column) == .integer else { return .none }
    guard let index = UInt16(exactly: row.integer(column)), Int(index) < builder.labelCount else {
      throw wrong(position, "an event of an unknown node or workload")
    }
    return LabelID(index: index)
  }

  private mutating func readFaults() throws(ReadError) {
    try rows(
      """
      select id, name, summary, targets, injected, confirmed, confirmation, healed,
        heal_confirmed, is_action, \(version < 3 ? "0" : "contradicted"),
        \(version < 4 ? "'[]'" : "measures"), \(version < 5 ? "'[]'" : "reach") from fault order by id
      """
    ) { (reader, row) throws(ReadError) in
      let targets = try reader.texts(row, 3).map { FaultMark.Target(text: $0) }
      var mark = FaultMark(
        id: Int(row.integer(0)), name: row.text(1), summary: row.text(2), targets: targets,
        injected: try reader.instant(row, 4))
      mark.confirmed = try reader.optionalInstant(row, 5)
      mark.confirmation = row.text(6)
      mark.healed = try reader.optionalInstant(row, 7)
      mark.healConfirmed = try reader.optionalInstant(row, 8)
      mark.isAction = row.integer(9) != 0
      mark.isContradicted = row.integer(10) != 0
      mark.measures = try reader.measures(row)
      mark.reach = FaultReach(texts: try reader.texts(row, 12))
      reader.builder.faults.append(mark)
    }
  }

  /// A JSON array of texts.
  private mutating func texts(
    _ row: borrowing Statement, _ column: Int32
  ) throws(ReadError) -> [String] {
    let list = try value(row, column, row.integer(0))
    return builder.values.elements(list)?.compactMap { builder.values.text($0) } ?? []
  }

  /// A JSON array of arrays of three texts.
  private mutating func measures(_ row: borrowing Statement) throws(ReadError) -> [FaultMeasure] {
    let list = try value(row, 11, row.integer(0))
    return (builder.values.elements(list) ?? []).compactMap { entry in
      FaultMeasure(
        texts: (builder.values.elements(entry) ?? []).compactMap { builder.values.text($0) })
    }
  }

  private func optionalInstant(
    _ row: borrowing Statement, _ column: Int32
  ) throws(ReadError) -> Instant? {
    row.kind(column) == .null ? nil : try instant(row, column)
  }

  func instant(
    _ row: borrowing Statement, _ column: Int32
  ) throws(ReadError) -> Instant {
    guard let instant = Instant(checking: row.integer(column)) else {
      throw wrong(row.integer(0), "a time that is too far away for a moment of a run")
    }
    return instant
  }
}
