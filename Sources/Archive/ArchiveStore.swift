internal import Basics
internal import Histories
internal import SQLite

/// The open `history.sqlite` of a run: takes batches, each in one transaction.
struct ArchiveStore: ~Copyable {
  private let database: Database
  private var operations: OperationTable
  private var observations: ObservationTable
  private let upsertFault: Statement
  private let insertFunction: Statement
  private let insertLabel: Statement
  private var functionCount = 0
  private var labelCount = 0

  /// - Throws: when there is a history in the file already, or it cannot be made.
  init(
    path: String, hasTimes: Bool, hasRealTimeOrder: Bool, about run: RunMeta? = nil
  ) throws(SQLiteError) {
    let database = try Database(path: path, mode: .write)
    // WAL: a commit appends to a second file without waiting for the disk. SIGKILL loses nothing
    // that was committed; a power failure loses the last moments, never the file.
    try database.run("pragma journal_mode = wal; pragma synchronous = normal")
    try database.run("pragma wal_autocheckpoint = 8192; pragma cache_size = -16384")
    try database.run("begin;" + ArchiveSchema.tables + ArchiveSchema.views)
    try database.run(
      """
      insert into meta values ('schema', \(ArchiveSchema.version)), ('program', 'faultline'),
        ('times', \(hasTimes ? 1 : 0)), ('order', \(hasRealTimeOrder ? 1 : 0)); commit
      """)
    if let run {
      let row = try database.prepare("insert into meta values (?,?)")
      for (key, value) in [("seed", "\(run.seed)"), ("file", run.file)] {
        try row.bind(key, at: 1)
        try row.bind(value, at: 2)
        try row.run()
      }
      try row.bind("start", at: 1)
      try row.bind(run.startNanoseconds, at: 2)
      try row.run()
    }
    let operations = try OperationTable(database)
    let observations = try ObservationTable(database)
    let fault = try database.prepare(
      "insert or replace into fault values (?,?,?,?,?,?,?,?,?,?,?,?,?)")
    let function = try database.prepare("insert into function values (?,?)")
    let label = try database.prepare("insert into label values (?,?)")
    upsertFault = fault
    insertFunction = function
    insertLabel = label
    self.operations = operations
    self.observations = observations
    self.database = database
  }

  /// Stores a batch; all of it or, when this throws, nothing.
  mutating func store(_ journal: borrowing Journal) throws(SQLiteError) {
    guard !journal.isEmpty else { return }
    try database.run("begin immediate")
    do throws(SQLiteError) {
      try storeNames(journal.functions, journal.labels)
      for event in journal.events { try operations.append(event, journal.values) }
      try operations.keepPending(journal.values)
      for fault in journal.faults { try store(fault) }
      try observations.append(journal.observations)
      try database.run("commit")
    } catch {
      try database.rollBackIfNeeded()
      throw error
    }
  }

  /// Stores a whole history that was not recorded but read.
  mutating func store(_ history: History) throws(SQLiteError) {
    try database.run("begin immediate")
    do throws(SQLiteError) {
      try storeNames(history.functions, history.labels)
      try history.forEachEvent { (event) throws(SQLiteError) in
        try operations.append(event, history.values)
      }
      try operations.keepPending(history.values)
      for fault in history.faults { try store(fault) }
      try observations.append(history.observations)
      try database.run("commit")
    } catch {
      try database.rollBackIfNeeded()
      throw error
    }
  }

  /// Brings everything into the one file and leaves nothing beside it. While somebody reads, the
  /// second file has to stay; nothing is lost by that.
  func seal() throws(SQLiteError) {
    try database.run("insert or replace into meta values ('sealed', 1)")
    do throws(SQLiteError) {
      try database.run("pragma busy_timeout = 200; pragma wal_checkpoint(truncate)")
      try database.run("pragma journal_mode = delete")
    } catch {
      guard error.isBusy else { throw error }
    }
  }

  private mutating func storeNames(
    _ functions: [String], _ labels: [String]
  ) throws(SQLiteError) {
    for index in functionCount..<functions.count {
      try store(functions[index], index, insertFunction)
    }
    for index in labelCount..<labels.count { try store(labels[index], index, insertLabel) }
    functionCount = functions.count
    labelCount = labels.count
  }

  private func store(
    _ name: String, _ index: Int, _ insert: borrowing Statement
  ) throws(SQLiteError) {
    try insert.bind(Int64(index), at: 1)
    try insert.bind(name, at: 2)
    try insert.run()
  }

  private func store(_ fault: FaultMark) throws(SQLiteError) {
    upsertFault.clearBindings()
    try upsertFault.bind(Int64(fault.id), at: 1)
    try upsertFault.bind(fault.name, at: 2)
    try upsertFault.bind(fault.summary, at: 3)
    try upsertFault.bind(JSON.strings(fault.targets.map(\.description)).text(), at: 4)
    try upsertFault.bind(fault.injected.nanoseconds, at: 5)
    if let confirmed = fault.confirmed { try upsertFault.bind(confirmed.nanoseconds, at: 6) }
    try upsertFault.bind(fault.confirmation, at: 7)
    if let healed = fault.healed { try upsertFault.bind(healed.nanoseconds, at: 8) }
    if let confirmed = fault.healConfirmed { try upsertFault.bind(confirmed.nanoseconds, at: 9) }
    try upsertFault.bind(Int64(fault.isAction ? 1 : 0), at: 10)
    try upsertFault.bind(Int64(fault.isContradicted ? 1 : 0), at: 11)
    let measures = JSON.array(fault.measures.map { .strings($0.texts) })
    try upsertFault.bind(measures.text(), at: 12)
    try upsertFault.bind(JSON.strings(fault.reach?.texts ?? []).text(), at: 13)
    try upsertFault.run()
  }
}
