/// What a client is to do on a connection for one invocation.
public struct SQLRequest: Hashable, Sendable {
  /// One after another.
  public var statements: [SQLStatement]
  /// The level of the transaction around them; nil leaves it to the server.
  public var isolation: String?
  /// Whether BEGIN stands before them and COMMIT behind them; else there is one, and it commits itself.
  public var isTransaction: Bool

  /// The caller promises one statement where there is no transaction.
  public init(_ statements: [SQLStatement], isolation: String? = nil, isTransaction: Bool = false) {
    self.statements = statements
    self.isolation = isolation
    self.isTransaction = isTransaction
  }

  /// What opens the transaction.
  public var beginning: String {
    isolation.map { "BEGIN ISOLATION LEVEL \($0.uppercased())" } ?? "BEGIN"
  }
}

/// One statement with what is bound to its places.
public struct SQLStatement: Hashable, Sendable {
  /// With `$1`, `$2` and so on where the parameters belong.
  public var text: String
  /// As texts; nil is NULL. The server decides what type each is of.
  public var parameters: [String?]
  /// How many rows it must affect; nil for any number.
  public var rows: Int?

  /// Without a number of rows any will do.
  public init(_ text: String, _ parameters: [String?] = [], rows: Int? = nil) {
    self.text = text
    self.parameters = parameters
    self.rows = rows
  }
}

/// What a statement gave back.
public struct SQLRows: Hashable, Sendable {
  /// What a column's values are, as far as that matters.
  public enum Column: Hashable, Sendable {
    case integer, number, flag, array, text
  }

  /// The kind of each column.
  public var columns: [Column]
  /// Row after row, a value as the server writes it; nil is NULL.
  public var rows: [[String?]]
  /// How many rows it affected; for a query, how many it found.
  public var affected: Int

  /// The caller promises as many values a row as there are columns.
  public init(columns: [Column] = [], rows: [[String?]] = [], affected: Int = 0) {
    self.columns = columns
    self.rows = rows
    self.affected = affected
  }
}

/// How far an operation had come when it went wrong.
public enum SQLPhase: Hashable, Sendable {
  /// Nothing of it was sent.
  case connecting
  /// Inside a transaction whose COMMIT was not sent: it can only be undone.
  case uncommitted
  /// A statement that commits itself, or COMMIT, was sent.
  case committing
}

/// What came of a request.
public enum SQLOutcome: Hashable, Sendable {
  /// All was done; what each statement gave back.
  case done([SQLRows])
  /// The server reported an error, with its SQLSTATE and in its words.
  case refused(state: String, message: String, SQLPhase)
  /// A statement affected another number of rows than it must; all was undone.
  case otherRows(statement: Int, affected: Int, expected: Int)
  /// The connection could not be made or broke, or the time ran out.
  case broken(String, SQLPhase)
}
