/// What an SQLSTATE says of an operation (ISO/IEC 9075-2, 24.1; the server's manual lists its own).
enum SQLState {
  /// Classes of errors that undo the statement or the transaction they occur in.
  private static let undone: Set<String> = [
    "0A", "0B", "0F", "0L", "0P", "0Z", "20", "21", "22", "23", "24", "25", "26", "27", "28", "2B",
    "2D", "2F", "34", "38", "39", "3B", "3D", "3F", "40", "42", "44", "53", "54", "55", "P0",
  ]

  /// Codes of such classes that say that nobody knows: statement completion unknown.
  private static let unknown: Set<String> = ["40003"]

  /// Whether the operation certainly did not happen, although its commit may have been sent.
  static func isUndone(_ state: String) -> Bool {
    undone.contains(String(state.prefix(2))) && !unknown.contains(state)
  }

  /// Whether a service may say that a refusal by this code, or by this class of two characters, is a good answer: it
  /// must say that nothing was done.
  static func canDecline(_ state: String) -> Bool {
    (state.count == 5 || state.count == 2) && isUndone(state)
  }

  /// Whether it is the good answer of a server that is well: it chose another transaction, or a constraint
  /// says no.
  static func isDeclined(_ state: String) -> Bool {
    ["40001", "40002", "40P01"].contains(state) || state.hasPrefix("23")
  }

  /// Whether the connection is of no use any more: the server is leaving, or has become a standby.
  static func endsConnection(_ state: String) -> Bool {
    state == "25006" || ["08", "57", "58", "XX"].contains(String(state.prefix(2)))
  }

  /// For a person.
  static let table = """
    SQLSTATE → outcome of a write that was refused after its commit (or itself, where it commits itself)
    was sent; before that every refusal and every break is fail:
      0A…0Z feature, 20…2F data, 21…23 constraint violation, 24…27 state, 25006 read-only: fail
      28 authorization, 34…3F names, 38 39 routine, 42 syntax and access, 44 check option: fail
      40001 serialization failure, 40P01 deadlock, 40002, 40000: fail; 40003 completion unknown: info
      53 resources, 54 limits, 55 state of an object, P0 procedure: fail
      08 connection, 57 operator (57P01 shutdown, 57014 cancelled), 58 system, XX internal: info
      any other, none at all (the connection broke), the time ran out: info
    23, 40001, 40002, 40P01 and other numbers of rows than 'rows' are declined: fail, and good answers; so are
    those that 'declined' of a function names.
    """
}
