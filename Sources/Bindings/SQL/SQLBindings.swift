public import Basics
public import Workloads

/// SQL over PostgreSQL's protocol: statements for each function.
public struct SQLBindings: ClientBindings {
  public static let client = "sql"
  public static let summary = "PostgreSQL's protocol, by libpq; statements for each function."
  public static let schemes = ["postgresql", "postgres"]
  public static let takesSeveralServers = true
  public static let contract = """
    A function is one statement, several in one transaction, or for micro-operations a statement of each kind
    in one transaction. Places such as {key} become bind parameters; nothing is spliced into a statement.
    One statement commits itself; with 'isolation', 'rows' or several of them BEGIN and COMMIT stand around.
    A transaction's read completes with a list where there is 'append': store it as an array (int[]) or as a
    text with commas between; with 'w' it completes with the first value, and no row is nothing.
    A URL may name several servers: postgresql://user@a,b:5433/base?target_session_attrs=read-write takes the
    first that is reached and fits, each within 'connect-timeout'. The operation's timeout bounds all of it,
    connecting included; what is still under way then is cancelled by closing the connection.
    It is fail where nothing was sent, and where COMMIT was not sent in a transaction. Where it was, and
    nothing or a broken connection came back, it is info. No statement is ever sent twice.
    \(SQLState.table)
    What only reads is never info. A connection is given up after 25006, 08, 57, 58, XX and a break.
    The server is named by its node where its address is in the node's /etc/hosts, else by its address.
    'setup' runs before the traffic, maybe several times: write statements that may be repeated.
    """
  public static let schema = Schema([
    Schema.Key(
      "connections", .choice(["kept", "fresh"]),
      "Whether a client uses its connection again (kept) or makes one for each operation (fresh).",
      default: "kept"),
    Schema.Key(
      "connect-timeout", .duration,
      "For each server of the URL. Default: an equal share of the operation's timeout, or the URL's"
        + " connect_timeout."),
    SQLBinding.isolationKey,
    Schema.Key(
      "setup", .list(of: .text),
      "Statements that are run before the traffic; they must be repeatable. Default: none."),
    Schema.Key(
      "server", .text,
      "A query that names the server, asked at each connect.",
      default: "select host(inet_server_addr())"),
    Schema.Key(
      "longest-answer", .count(1...(64 << 20)),
      "How many bytes an operation's answers may have on the wire; a longer one is an error.",
      default: "4194304"),
  ])
  public static let functionSchema = SQLBinding.schema

  /// Whether a client uses its connection again.
  public let keepsConnections: Bool
  /// For each server; nil shares the operation's timeout among them.
  public let connectTimeout: Duration?
  /// What is run before the traffic.
  public let setup: [String]
  /// Names the server.
  public let serverQuery: String
  /// In bytes.
  public let longestAnswer: Int
  private let bindings: [String: SQLBinding]

  /// Any function can be a statement.
  public static func serves(_ function: WorkloadFunction) -> Bool { true }

  /// - Throws: a function without statements, a wrong place, with the way to it.
  public init(
    _ settings: ClientSettings, functions: [WorkloadFunction]
  ) throws(BindingError) {
    let own = settings.own
    keepsConnections = own.text("connections") != "fresh"
    connectTimeout = own.duration("connect-timeout")
    if connectTimeout == .zero {
      throw BindingError("connect-timeout", "'connect-timeout' must not be zero")
    }
    setup = own.texts("setup") ?? []
    serverQuery = own.text("server") ?? "select host(inet_server_addr())"
    longestAnswer = own.integer("longest-answer") ?? 4 << 20
    var bindings: [String: SQLBinding] = [:]
    for function in functions {
      bindings[function.name] = try SQLBinding(
        settings.functions[function.name] ?? .none, of: function,
        isolation: own.text("isolation"))
    }
    self.bindings = bindings
  }

  /// What is done for an invocation.
  ///
  /// The caller promises a function that the bindings were made with.
  public func request(_ invocation: Invocation) -> SQLRequest {
    binding(of: invocation).request(invocation)
  }

  /// What came of it means.
  public func completion(
    _ outcome: SQLOutcome, of invocation: Invocation, by server: String?
  ) -> Completion {
    switch outcome {
    case .done(let results):
      guard let result = binding(of: invocation).result(results, of: invocation) else {
        return invocation.completion(
          .indefinite("the statement gave back too few columns"), by: server)
      }
      return .ok(result, by: server)
    case .refused(let state, let message, let phase):
      let isUndone = phase != .committing || SQLState.isUndone(state)
      let text = "\(state): \(message)"
      if isUndone, binding(of: invocation).declines(state) { return .declined(text, by: server) }
      return invocation.completion(isUndone ? .definite(text) : .indefinite(text), by: server)
    case .otherRows(let statement, let affected, let expected):
      return .declined(
        "statement \(statement + 1) affected \(affected) rows, not \(expected)", by: server)
    case .broken(let message, let phase):
      let error: ClientError = phase == .committing ? .indefinite(message) : .definite(message)
      return invocation.completion(error, by: server)
    }
  }

  /// Whether the connection may be used again after this.
  public func keeps(after outcome: SQLOutcome) -> Bool {
    switch outcome {
    case .done, .otherRows: keepsConnections
    case .refused(let state, _, let phase):
      keepsConnections && phase != .connecting && !SQLState.endsConnection(state)
    case .broken: false
    }
  }

  private func binding(of invocation: Invocation) -> SQLBinding {
    guard let binding = bindings[invocation.function.name] else {
      fatalError("no binding was made for '\(invocation.function.name)'")
    }
    return binding
  }
}
