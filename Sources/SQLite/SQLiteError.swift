/// What SQLite refused to do, in its own words.
public struct SQLiteError: Error, Hashable, CustomStringConvertible {
  /// SQLite's extended result code.
  public let code: Int32
  /// What was attempted.
  public let attempt: String
  /// SQLite's message, with the system's error where there was one.
  public let message: String

  /// An error as SQLite reports it (sqlite3_extended_errcode, sqlite3_errmsg).
  public init(code: Int32, attempt: String, message: String) {
    self.code = code
    self.attempt = attempt
    self.message = message
  }

  /// One line: what was attempted may be a script of many statements, its beginning is enough.
  public var description: String {
    let first = attempt.prefix { !$0.isNewline && $0 != ";" }
    return "\(first.count < attempt.count ? "\(first) …" : attempt): \(message)"
  }

  /// The disk, a quota or a limit left no room.
  public var isDiskFull: Bool { code & 0xff == 13 }

  /// Reading, writing or syncing the file failed.
  public var isInputOutput: Bool { code & 0xff == 10 }

  /// Somebody else is using the database.
  public var isBusy: Bool { code & 0xff == 5 || code & 0xff == 6 }

  /// It was stopped, for its time was up.
  public var isInterrupted: Bool { code & 0xff == 9 }
}
