public import Basics
internal import Histories
public import Workloads

/// Redis' protocol: a command for each function.
public struct RedisBindings: ClientBindings {
  public static let client = "redis"
  public static let summary = "Redis' protocol, with hiredis; a command for each function."
  public static let schemes = ["redis", "redis-sentinel"]
  public static let takesSeveralServers = true
  public static let contract = """
    A function is one command, its words made of the operation. redis://user:password@host:6379/0 is a server.
    redis-sentinel://host,host,host/name asks the Sentinels one after another, at each connect, where the
    primary of that name is, and takes it only where it says itself (ROLE) that it is one.
    Each server has an equal share of the time that is left; the operation's timeout bounds all of it.
    A reply is ok but where 'ok-is' or 'fail-is' says no (fail, and a good answer). A text that spells a
    whole number is one.
    \(RedisErrors.table)
    Where nothing was sent it is fail. What only reads is never info. No command is ever sent twice.
    A connection is given up after READONLY, LOADING, MASTERDOWN, CLUSTERDOWN and whatever broke.
    The server is named by its node where its address is in the node's /etc/hosts, else by its address.
    'setup' runs before the traffic, maybe several times: write commands that may be repeated.
    Transactions of micro-operations are not served; a script (EVAL) is one command.
    """
  public static let schema = Schema([
    Schema.Key(
      "connections", .choice(["kept", "fresh"]),
      "Whether a client uses its connection again (kept) or makes one for each operation (fresh).",
      default: "kept"),
    Schema.Key(
      "setup", .list(of: .text),
      "Commands that are run before the traffic, words with blanks between; they must be repeatable:"
        + " 'SET x 0 NX'. Default: none."),
    Schema.Key(
      "longest-answer", .count(1...(64 << 20)),
      "How many bytes a reply may have; a longer one is an error.", default: "4194304"),
  ])
  public static let functionSchema = RedisBinding.schema

  /// Whether a client uses its connection again.
  public let keepsConnections: Bool
  /// What is run before the traffic, word by word.
  public let setup: [[String]]
  /// In bytes.
  public let longestAnswer: Int
  private let bindings: [String: RedisBinding]

  /// All but transactions.
  public static func serves(_ function: WorkloadFunction) -> Bool {
    function.signature.argument != .transaction
  }

  /// - Throws: a function without a command, a wrong place, with the way to it.
  public init(
    _ settings: ClientSettings, functions: [WorkloadFunction]
  ) throws(BindingError) {
    keepsConnections = settings.own.text("connections") != "fresh"
    setup = (settings.own.texts("setup") ?? []).map { command in
      command.split(separator: " ").map { String($0) }
    }.filter { !$0.isEmpty }
    longestAnswer = settings.own.integer("longest-answer") ?? 4 << 20
    var bindings: [String: RedisBinding] = [:]
    for function in functions {
      bindings[function.name] = try RedisBinding(
        settings.functions[function.name] ?? .none, of: function)
    }
    self.bindings = bindings
  }

  public func check(_ urls: [String]) throws(BindingError) {
    for url in urls { _ = try RedisURL(url) }
  }

  /// The words of the command for an invocation.
  ///
  /// The caller promises a function that the bindings were made with.
  public func command(_ invocation: Invocation) -> [String] {
    binding(of: invocation).command(invocation)
  }

  /// What a reply means.
  public func completion(
    _ reply: RedisReply, of invocation: Invocation, by server: String?
  ) -> Completion {
    let binding = binding(of: invocation)
    guard case .error(let error) = reply else {
      return binding.completion(reply, of: invocation, by: server)
    }
    let command = binding.command(invocation).first ?? ""
    let isUndone = RedisErrors.isUndone(error, command: command)
    return invocation.completion(isUndone ? .definite(error) : .indefinite(error), by: server)
  }

  /// Whether the connection may be used again after this reply.
  public func keeps(after reply: RedisReply) -> Bool {
    guard case .error(let error) = reply else { return keepsConnections }
    return keepsConnections && !RedisErrors.endsConnection(error)
  }

  private func binding(of invocation: Invocation) -> RedisBinding {
    guard let binding = bindings[invocation.function.name] else {
      fatalError("no binding was made for '\(invocation.function.name)'")
    }
    return binding
  }
}
