internal import CSQLite

/// A compiled statement: bind, step, read the columns, again.
///
/// It may outlive its database, whose file is then closed with the last statement.
@safe public struct Statement: ~Copyable {
  private let handle: OpaquePointer
  private let database: OpaquePointer
  private let sql: String

  /// What a column holds.
  public enum ColumnKind: Sendable { case null, integer, number, text, blob }

  init(_ handle: OpaquePointer, of database: OpaquePointer, _ sql: String) {
    unsafe self.handle = handle
    unsafe self.database = database
    self.sql = sql
  }

  deinit { _ = unsafe sqlite3_finalize(handle) }

  /// Binds a whole number to a parameter; parameters count from 1.
  public func bind(_ value: Int64, at parameter: Int32) throws(SQLiteError) {
    try check(unsafe sqlite3_bind_int64(handle, parameter, value))
  }

  /// Binds a floating-point number; SQLite stores NaN as null.
  public func bind(_ value: Double, at parameter: Int32) throws(SQLiteError) {
    try check(unsafe sqlite3_bind_double(handle, parameter, value))
  }

  /// Binds a text, which is copied.
  public func bind(_ value: String, at parameter: Int32) throws(SQLiteError) {
    try bind(utf8: value.utf8.span, at: parameter)
  }

  /// Binds a text from its UTF-8 bytes, which are copied.
  public func bind(utf8 bytes: Span<UInt8>, at parameter: Int32) throws(SQLiteError) {
    let code = unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else {
        return unsafe sqlite3_bind_text(handle, parameter, "", 0, Statement.transient)
      }
      return unsafe base.withMemoryRebound(to: CChar.self, capacity: buffer.count) { base in
        unsafe sqlite3_bind_text(
          handle, parameter, base, Int32(clamping: buffer.count), Statement.transient)
      }
    }
    try check(code)
  }

  /// Makes every parameter null again.
  public func clearBindings() { _ = unsafe sqlite3_clear_bindings(handle) }

  /// Steps to the next row; false when there is none, and then the statement can be run anew.
  public func step() throws(SQLiteError) -> Bool {
    switch unsafe sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      _ = unsafe sqlite3_reset(handle)
      return false
    case let code:
      let error = unsafe Database.error(database, code, sql)
      _ = unsafe sqlite3_reset(handle)
      throw error
    }
  }

  /// Runs a statement that yields no rows.
  public func run() throws(SQLiteError) { while try step() {} }

  /// What a column of the current row holds before any conversion; columns count from 0.
  public func kind(_ column: Int32) -> ColumnKind {
    switch unsafe sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: .integer
    case SQLITE_FLOAT: .number
    case SQLITE_TEXT: .text
    case SQLITE_BLOB: .blob
    default: .null
    }
  }

  /// A column as a whole number; columns count from 0, null is 0.
  public func integer(_ column: Int32) -> Int64 {
    unsafe sqlite3_column_int64(handle, column)
  }

  /// A column as a floating-point number; null is 0.
  public func number(_ column: Int32) -> Double { unsafe sqlite3_column_double(handle, column) }

  /// A column's UTF-8 bytes, in place; valid for the body only.
  public func withUTF8<T>(_ column: Int32, _ body: (Span<UInt8>) -> T) -> T {
    let base = unsafe sqlite3_column_text(handle, column)
    let count = unsafe Int(sqlite3_column_bytes(handle, column))
    let buffer = unsafe UnsafeBufferPointer(start: base, count: base == nil ? 0 : count)
    return unsafe body(buffer.span)
  }

  /// A column as a text; null is empty, and bytes that are no UTF-8 are replaced by U+FFFD.
  public func text(_ column: Int32) -> String {
    withUTF8(column) { bytes in
      unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
  }

  /// A column's bytes, copied.
  public func bytes(_ column: Int32) -> [UInt8] {
    withUTF8(column) { bytes in unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) } }
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw unsafe Database.error(database, code, sql) }
  }

  /// SQLITE_TRANSIENT: SQLite makes a copy of what is bound.
  private static var transient: sqlite3_destructor_type? {
    unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }
}
