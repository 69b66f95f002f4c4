/// Why a statement has no result. One column decides: is it certain that nothing was done?
enum DatabaseError: Error, Equatable {
  /// Nothing was sent: certainly not done.
  case notSent(String)
  /// The server refused and rolled back: certainly not done.
  case refused(state: String, String)
  /// The statement was sent and no trustworthy answer came: it may or may not have happened.
  case unknown(String)

  /// The server turned out to be a standby (SQLSTATE 25006, read_only_sql_transaction).
  var isReadOnly: Bool {
    if case .refused("25006", _) = self { true } else { false }
  }
}

/// The rows of one statement, as text.
struct Rows: Sendable, Equatable {
  var values: [[String?]] = []

  var first: String? { values.first?.first ?? nil }
}
