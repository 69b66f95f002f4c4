internal import CSQLite

/// One open SQLite database; closed when it goes out of scope.
///
/// Not for use by two threads at once: keep it in one owner or behind a mutex.
@safe public struct Database: ~Copyable {
  let handle: OpaquePointer
  let watch = DatabaseWatch()

  /// What a database is opened for.
  public enum Mode: Sendable {
    /// Must exist; nothing is written.
    case read
    /// Created when it does not exist.
    case write
  }

  /// - Throws: when the file cannot be opened.
  public init(path: String, mode: Mode) throws(SQLiteError) {
    try self.init(
      path, mode == .write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY)
  }

  /// Opens a file for reading that lies in a folder which the caller holds open, and with it what SQLite
  /// keeps beside it: no link is followed and nothing but a regular file is opened, also where one of them
  /// is put in another's place meanwhile.
  ///
  /// - Parameters:
  ///   - name: of the file, one part of a path.
  ///   - folder: a descriptor that stays open for as long as the database does.
  /// - Throws: when the file cannot be opened.
  public init(reading name: String, inFolder folder: Int32) throws(SQLiteError) {
    guard let system = Database.heldFolders else {
      throw SQLiteError(
        code: SQLITE_MISUSE, attempt: "open \(name)",
        message: "SQLite has no files of a Unix system")
    }
    try self.init(CSQLITE_HELD + "\(folder)/\(name)", SQLITE_OPEN_READONLY, system: system)
  }

  /// What SQLite calls its way to files in folders that are held open.
  private static let heldFolders: String? = unsafe csqlite_register_held().map {
    unsafe String(cString: $0)
  }

  private init(_ path: String, _ flags: Int32, system: String? = nil) throws(SQLiteError) {
    var opened: OpaquePointer?
    let code = unsafe sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, system)
    guard let handle = unsafe opened else {
      throw SQLiteError(code: code, attempt: "open \(path)", message: "out of memory")
    }
    guard code == SQLITE_OK else {
      let error = unsafe Database.error(handle, code, "open \(path)")
      _ = unsafe sqlite3_close_v2(handle)
      throw error
    }
    unsafe self.handle = handle
    _ = unsafe sqlite3_extended_result_codes(handle, 1)
    _ = unsafe sqlite3_busy_timeout(handle, 2_000)
  }

  deinit {
    // A statement may outlive its database.
    unsafe sqlite3_progress_handler(handle, 0, nil, nil)
    _ = unsafe sqlite3_close_v2(handle)
  }

  /// Runs one or more statements whose rows do not matter.
  public func run(_ sql: String) throws(SQLiteError) {
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw unsafe Database.error(handle, code, sql) }
  }

  /// Compiles a statement, to be run any number of times.
  public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    var statement: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(
      handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK, let statement = unsafe statement else {
      throw unsafe Database.error(handle, code, sql)
    }
    return unsafe Statement(statement, of: handle, sql)
  }

  /// Undoes the open transaction, unless SQLite has done so by itself (as when the disk is full).
  public func rollBackIfNeeded() throws(SQLiteError) {
    if unsafe sqlite3_get_autocommit(handle) == 0 { try run("rollback") }
  }

  static func error(
    _ handle: OpaquePointer, _ code: Int32, _ attempt: String
  ) -> SQLiteError {
    var message = unsafe String(cString: sqlite3_errmsg(handle))
    let system = unsafe sqlite3_system_errno(handle)
    if system != 0, code & 0xff == SQLITE_IOERR || code & 0xff == SQLITE_CANTOPEN {
      message += " (errno \(system))"
    }
    return unsafe SQLiteError(
      code: sqlite3_extended_errcode(handle), attempt: attempt, message: message)
  }
}
