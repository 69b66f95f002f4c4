internal import Basics
internal import Histories
internal import Workloads

/// One function as statements.
struct SQLBinding: Sendable {
  static let isolationKey = Schema.Key(
    "isolation", .choice(["read committed", "repeatable read", "serializable"]),
    "The level of the transaction that is put around the statements. Default: that of the client; without"
      + " one the server's own.")

  static let schema = Schema([
    Schema.Key(
      "statement", .text,
      "The statement, with places such as {key} and {value}, which become bind parameters. Default: none;"
        + " this, 'statements' or 'transaction' is needed."),
    Schema.Key(
      "statements", .list(of: .text),
      "Several statements in one transaction, each with places. Default: none."),
    Schema.Key(
      "rows", .list(of: .count(-1...1_000_000)),
      "How many rows each statement must affect, in their order, -1 for any; with another number all is"
        + " undone and the function is fail. Default: any number."),
    Schema.Key(
      "transaction", .mapping,
      "For a transaction of micro-operations: the statement of each kind, {r: …, w: …} or {r: …, append:"
        + " …}, with the places {key} and {value}. Default: none."),
    Schema.Key(
      "declined", .list(of: .text),
      "SQLSTATEs, or their classes of two characters, by which a server that is well says no, such as 42501 for"
        + " what its user may not do: the function is fail, and that is a good answer. Default: none but those"
        + " of every function."),
    isolationKey, SQLAnswer.key,
  ])

  private enum Content {
    case statements([SQLTemplate])
    case micro(SQLMicroOperations)
  }

  private let content: Content
  private let isolation: String?
  private let isTransaction: Bool
  private let answer: SQLAnswer
  /// SQLSTATEs and classes.
  private let declined: [String]

  init(
    _ settings: Settings, of function: WorkloadFunction, isolation usual: String?
  ) throws(BindingError) {
    let way = "functions.\(function.name)"
    isolation = settings.text("isolation") ?? usual
    answer = settings.text("answer").flatMap { SQLAnswer(rawValue: $0) } ?? .usual
    declined = settings.texts("declined") ?? []
    for state in declined where !SQLState.canDecline(state) {
      throw BindingError(
        "\(way).declined",
        "'\(state)' is no SQLSTATE that says that nothing was done, such as 42501, nor a class of them, such as 42"
      )
    }
    if function.signature.argument == .transaction {
      content = .micro(try SQLMicroOperations(settings, at: way, for: function))
      isTransaction = true
      return
    }
    let templates = try Self.templates(settings, at: way, for: function)
    content = .statements(templates)
    isTransaction = templates.count > 1 || isolation != nil || settings["rows"] != nil
  }

  private static func templates(
    _ settings: Settings, at way: String, for function: WorkloadFunction
  ) throws(BindingError) -> [SQLTemplate] {
    if settings["transaction"] != nil {
      throw BindingError(
        "\(way).transaction", "'\(function.name)' has no micro-operations; write 'statement'")
    }
    if settings["statement"] != nil, settings["statements"] != nil {
      throw BindingError("\(way).statements", "write 'statement' or 'statements', not both")
    }
    let key = settings["statement"] == nil ? "statements" : "statement"
    let texts = settings.texts(key) ?? []
    guard !texts.isEmpty else {
      throw BindingError(
        way, "'\(function.name)' needs a statement: functions: {\(function.name): {statement: …}}")
    }
    let rows = settings.counts("rows")
    guard rows.count <= texts.count else {
      throw BindingError("\(way).rows", "there are more numbers here than statements")
    }
    var templates: [SQLTemplate] = []
    for (index, text) in texts.enumerated() {
      let expected = index < rows.count && rows[index] >= 0 ? rows[index] : nil
      templates.append(
        try SQLTemplate(text, rows: expected, at: "\(way).\(key)", for: function))
    }
    return templates
  }

  func request(_ invocation: Invocation) -> SQLRequest {
    let statements =
      switch content {
      case .statements(let templates): templates.map { $0.statement(invocation) }
      case .micro(let operations): operations.statements(invocation)
      }
    return SQLRequest(statements, isolation: isolation, isTransaction: isTransaction)
  }

  /// Whether a refusal that undid everything is a good answer.
  func declines(_ state: String) -> Bool {
    SQLState.isDeclined(state) || declined.contains(state)
      || declined.contains(String(state.prefix(2)))
  }

  /// What the statements gave back, as the function completes; nil where it is nothing of the kind.
  func result(_ results: [SQLRows], of invocation: Invocation) -> Payload? {
    switch content {
    case .micro(let operations): operations.result(results, of: invocation)
    case .statements:
      answer.result(
        results.last { !$0.columns.isEmpty } ?? results.last ?? SQLRows(), of: invocation)
    }
  }
}

extension Settings {
  fileprivate func counts(_ key: String) -> [Int] {
    guard case .list(let values)? = self[key] else { return [] }
    return values.compactMap { if case .integer(let value) = $0 { Int(value) } else { nil } }
  }
}
