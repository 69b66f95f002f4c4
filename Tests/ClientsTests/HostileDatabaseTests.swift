import Basics
import Bindings
import Clients
import Histories
import Testing
import Workloads

/// What the clients make of servers that break off, hang, flood or talk nonsense.
@Suite struct HostileDatabaseTests {
  static let write = SQLClientTests.write

  /// A message of the protocol: its letter, its length, its body.
  private static func message(_ letter: String, _ body: String) -> String {
    let length = body.utf8.count + 4
    return letter + "\0\0\0" + String(UnicodeScalar(UInt8(length))) + body
  }

  private static let welcome = message("R", "\0\0\0\0") + message("Z", "I")
  private static let noSuchFunction =
    message("E", "SERROR\0C42883\0Mno such function\0\0") + message("Z", "I")
  private static func done(_ tag: String, _ state: String) -> String {
    message("C", tag + "\0") + message("Z", state)
  }

  private func sql(_ server: StubServer, rows: Bool = false, timeout: Duration = .seconds(20))
    throws
    -> any Client
  {
    var function: [String: Setting] = ["statement": .text("insert into t values ({value})")]
    if rows { function["rows"] = .list([.integer(-1)]) }
    let settings = ClientSettings(
      own: Settings(["longest-answer": .integer(1000)]), functions: ["add": Settings(function)])
    return try SQLBindings(settings, functions: [Self.write]).host(on: .bare).client(
      of: "postgresql://u@127.0.0.1:\(server.port)/d?sslmode=disable&gssencmode=disable",
      timeout: timeout)
  }

  private func redis(_ server: StubServer, timeout: Duration = .seconds(20)) throws -> any Client {
    let settings = ClientSettings(
      own: Settings(["longest-answer": .integer(1000)]),
      functions: ["add": Settings(["command": .text("SADD s {value}")])])
    return try RedisBindings(settings, functions: [Self.write]).host(on: .bare).client(
      of: "redis://127.0.0.1:\(server.port)", timeout: timeout)
  }

  private func add(_ client: any Client) -> Completion {
    client.invoke(Invocation(Self.write, .integer(1)))
  }

  /// What comes in the place of an answer.
  static let answers: [StubServer.Reply] = [
    .bytes(""), .reset, .bytes("HTTP/1.1 400 Bad Request\r\n\r\n"), .bytes("Z"),
    .bytes("*2\r\n:1\r\n"),
    .bytes("*\0\0\0\0\0\0"), .keep(String(repeating: "$", count: 2000)), .bytes("$-7\r\n"),
    .bytes("*2000000000\r\n"), .bytes(String(repeating: "*1\r\n", count: 20)),
    .bytes("E\u{7f}\u{7f}\u{7f}\u{7f}SERROR"), .bytes("D\0\0\0\u{7}\0\u{1}x"),
  ]

  @Test(arguments: answers) func aStatementWithoutAnAnswerIsInfoAndNotSentAgain(
    answer: StubServer.Reply
  ) throws {
    let server = StubServer(isHTTP: false) { number, _ in
      number == 0 ? .keep(Self.welcome) : number == 1 ? .keep(Self.noSuchFunction) : answer
    }
    let completion = add(try sql(server))
    #expect(completion.kind == .info, "\(completion)")
    #expect(server.requests.count { $0.contains("insert into t") } == 1)
  }

  @Test(arguments: answers) func beforeTheCommitItIsFailAndAfterItInfo(answer: StubServer.Reply)
    throws
  {
    for (broken, kind) in [(2, Event.Kind.fail), (3, .fail), (4, .info)] {
      let server = StubServer(isHTTP: false) { number, _ in
        if number == broken { return answer }
        return switch number {
        case 0: .keep(Self.welcome)
        case 1: .keep(Self.noSuchFunction)
        case 2: .keep(Self.done("BEGIN", "T"))
        default: .keep(Self.done("INSERT 0 1", "T"))
        }
      }
      let completion = try withExtendedLifetime(server) { add(try sql(server, rows: true)) }
      #expect(completion.kind == kind, "\(broken): \(completion)")
    }
  }

  @Test func aCommitThatIsAnsweredWithARollbackIsFail() throws {
    let server = StubServer(isHTTP: false) { number, _ in
      switch number {
      case 0: .keep(Self.welcome)
      case 1: .keep(Self.noSuchFunction)
      case 2: .keep(Self.done("BEGIN", "T"))
      case 3: .keep(Self.done("INSERT 0 1", "T"))
      default: .keep(Self.done("ROLLBACK", "I"))
      }
    }
    #expect(add(try sql(server, rows: true)).kind == .fail)
  }

  /// The commit of a lone statement comes behind its rows.
  @Test func anErrorBehindASuccessCounts() throws {
    let error = Self.message("E", "SERROR\0C40001\0Mtoo bad\0\0") + Self.message("Z", "I")
    let server = StubServer(isHTTP: false) { number, _ in
      switch number {
      case 0: .keep(Self.welcome)
      case 1: .keep(Self.noSuchFunction)
      default: .keep(Self.message("C", "INSERT 0 1\0") + error)
      }
    }
    #expect(add(try sql(server)).error == "40001: too bad")
  }

  @Test(arguments: answers) func aServerThatNeverWelcomesIsFail(answer: StubServer.Reply) throws {
    let server = StubServer(isHTTP: false) { _, _ in answer }
    #expect(add(try sql(server, timeout: .seconds(3))).kind == .fail)
  }

  @Test(arguments: answers) func aCommandWithoutAReplyIsInfoAndNotSentAgain(
    answer: StubServer.Reply
  ) throws {
    let server = StubServer(isHTTP: false) { _, _ in answer }
    let completion = add(try redis(server, timeout: .seconds(3)))
    #expect(completion.kind == .info, "\(completion)")
    #expect(server.requests.count == 1)
  }

  @Test func silenceEndsWithTheTimeout() throws {
    let mute = StubServer(isHTTP: false) { _, _ in .silence }
    #expect(add(try redis(mute, timeout: .milliseconds(300))).error == "no reply in time")
    #expect(add(try sql(mute, timeout: .milliseconds(300))).error == "no connection in time")
  }

  @Test func whereNobodyListensNothingWasSent() throws {
    let settings = ClientSettings(functions: ["add": Settings(["command": .text("PING")])])
    let client = try RedisBindings(settings, functions: [Self.write]).host(on: .bare).client(
      of: "redis://127.0.0.1:\(StubServer.deadPort())", timeout: .seconds(20))
    #expect(add(client).kind == .fail)
  }
}
