internal import CSQLite

/// What a database of unknown origin may not do to its reader.
extension Database {
  /// Takes the power from what the file itself says: views and triggers do not work, what the schema calls
  /// is not trusted, pages are checked before they are used, and nothing in the file is longer than
  /// `longestValue` bytes.
  ///
  /// - Throws: where SQLite refuses one of it.
  public func distrust(longestValue: Int32) throws(SQLiteError) {
    for (option, on) in [
      (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_ENABLE_VIEW, 0),
      (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
      (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
    ] as [(Int32, Int32)] {
      let code = unsafe csqlite_configure(handle, option, on)
      guard code == SQLITE_OK else {
        throw unsafe Database.error(handle, code, "configure \(option)")
      }
    }
    _ = unsafe sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, longestValue)
    _ = unsafe sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
    try run("pragma trusted_schema = off; pragma cell_size_check = on; pragma mmap_size = 0")
  }

  /// Stops whatever is being asked once `isSpent` says so: it is asked every few thousand steps of
  /// SQLite's machine, so that no query and no schema outlasts it. The error then `isInterrupted`.
  public func stop(when isSpent: @escaping @Sendable () -> Bool) {
    watch.isSpent = isSpent
    let context = unsafe Unmanaged.passUnretained(watch).toOpaque()
    unsafe sqlite3_progress_handler(handle, 5000, Database.look, context)
  }

  private static var look: @convention(c) (UnsafeMutableRawPointer?) -> Int32 {
    { context in
      guard let context = unsafe context else { return 0 }
      let watch = unsafe Unmanaged<DatabaseWatch>.fromOpaque(context).takeUnretainedValue()
      return watch.isSpent() ? 1 : 0
    }
  }
}

/// Who decides that a database has been asked for long enough; lives as long as its database.
final class DatabaseWatch {
  var isSpent: @Sendable () -> Bool = { false }
}
