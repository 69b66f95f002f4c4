import Basics
import Bindings
import Histories
import Testing
import Workloads

@Suite struct RedisBindingsTests {
  static let add = SQLBindingsTests.add
  static let read = SQLBindingsTests.read
  static let balances = SQLBindingsTests.balances
  static let get = WorkloadFunction("read", result: .scalar, isRead: true, "Reads one.")

  private func bindings(
    _ function: WorkloadFunction, _ settings: [String: Setting]
  ) throws -> RedisBindings {
    try RedisBindings(
      ClientSettings(functions: [function.name: Settings(settings)]), functions: [function])
  }

  private func completion(
    _ function: WorkloadFunction, _ reply: RedisReply, _ settings: [String: Setting] = [:]
  ) throws -> Completion {
    let command = settings["command"] ?? .text("SET x {value}")
    let all = settings.merging(["command": command]) { $1 }
    let argument: Payload = function.isRead ? .none : .integer(7)
    if function.isRead {
      return try bindings(function, ["command": .text("GET x")]).completion(
        reply, of: Invocation(function), by: "n")
    }
    return try bindings(function, all).completion(
      reply, of: Invocation(function, argument), by: "n")
  }

  @Test func aCommandIsWordsWhateverStandsInThem() throws {
    let invocation = Invocation(Self.add, key: .text("a b"), .integer(7))
    let listed: Setting = .list([.text("SET"), .text("k:{key}"), .text("{value}"), .text("")])
    #expect(
      try bindings(Self.add, ["command": listed]).command(invocation) == ["SET", "k:a b", "7", ""])
    #expect(
      try bindings(Self.add, ["command": .text("SET k:{key} {value}")]).command(invocation)
        == ["SET", "k:a b", "7"])
  }

  @Test(arguments: [
    ("redis://[fd00::1]:6380/2", ["fd00::1 6380"]), ("redis://[fd00::1]", ["fd00::1 6379"]),
    ("redis://u:p@[fd00::1]/0", ["fd00::1 6379"]), ("redis://10.0.0.1:1", ["10.0.0.1 1"]),
    ("redis-sentinel://[fd00::1],[fd00::2]:9,c/name", ["fd00::1 26379", "fd00::2 9", "c 26379"]),
  ])
  func serversMayBeOnIPv6(url: String, places: [String]) throws {
    #expect(try RedisURL(url).places.map { "\($0.host) \($0.port)" } == places)
  }

  @Test(arguments: [
    "redis://fd00::1", "redis://[fd00::1", "redis://[fd00::1]6379", "redis://[host]:1",
    "redis://[]:1",
    "redis://[fd00::1]:", "redis://a:b:1", "redis://[10.0.0.1]",
  ])
  func aPlaceThatIsNoneIsRefused(url: String) {
    let error = #expect(throws: BindingError.self) { try RedisURL(url) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("is no HOST:PORT"), "\(url)")
  }

  @Test func aReplyIsReadAsTheFunctionCompletes() throws {
    #expect(try completion(Self.add, .text("OK")) == .ok(.integer(7), by: "n"))
    #expect(try completion(Self.get, .text("17")) == .ok(.integer(17), by: "n"))
    #expect(try completion(Self.get, .none) == .ok(by: "n"))
    #expect(try completion(Self.read, .none) == .ok(.list([]), by: "n"))
    let several = RedisReply.list([.text("a"), .text("1"), .text("b"), .integer(2)])
    #expect(
      try completion(Self.read, several)
        == .ok(.list([.text("a"), .integer(1), .text("b"), .integer(2)]), by: "n"))
    #expect(
      try completion(Self.balances, several)
        == .ok(.map([.init(.text("a"), .integer(1)), .init(.text("b"), .integer(2))]), by: "n"))
  }

  @Test func aReplyMayMeanThatNothingWasDone() throws {
    let failIs: [String: Setting] = ["fail-is": .list([.text("nil"), .text("0")])]
    #expect(try completion(Self.add, .none, failIs).kind == .fail)
    #expect(try completion(Self.add, .integer(0), failIs).kind == .fail)
    #expect(try completion(Self.add, .text("OK"), failIs).kind == .ok)
    let okIs: [String: Setting] = ["ok-is": .list([.text("1")])]
    #expect(try completion(Self.add, .integer(1), okIs).kind == .ok)
    #expect(try completion(Self.add, .integer(2), okIs).kind == .fail)
  }

  @Test(arguments: [
    ("READONLY You can't write", "fail"), ("NOREPLICAS Not enough", "fail"), ("LOADING x", "fail"),
    ("MASTERDOWN x", "fail"), ("CLUSTERDOWN x", "fail"), ("NOAUTH x", "fail"), ("ERR x", "fail"),
    ("WRONGTYPE x", "fail"), ("UNKILLABLE x", "info"), ("READONLYX", "info"), ("", "info"),
  ])
  func anErrorIsFailOnlyWhereItsKindSaysSo(error: String, kind: String) throws {
    #expect("\(try completion(Self.add, .error(error)).kind)" == kind)
    #expect(try completion(Self.get, .error(error)).kind == .fail)
  }

  @Test func aScriptThatFailsMayHaveWritten() throws {
    let script: [String: Setting] = ["command": .list([.text("eval"), .text("x"), .text("0")])]
    #expect(try completion(Self.add, .error("ERR x"), script).kind == .info)
    #expect(try completion(Self.add, .error("READONLY x"), script).kind == .fail)
  }

  @Test func transactionsAreNotServed() {
    #expect(!RedisBindings.serves(SQLBindingsTests.transaction))
    #expect(RedisBindings.serves(Self.add))
    #expect(throws: BindingError.self) { try bindings(Self.add, [:]) }
  }

  @Test func aURLNamesAServerOrThoseWhoKnowIt() throws {
    let one = try RedisURL("redis://u:p@h:1/2")
    #expect(one.places.map(\.host) == ["h"] && one.places[0].port == 1 && one.database == 2)
    #expect(one.user == "u" && one.password == "p" && one.primary == nil)
    let three = try RedisURL("redis-sentinel://:p@a,b:5,c/main")
    #expect(three.places.map(\.port) == [26379, 5, 26379] && three.primary == "main")
    #expect(three.user == nil && three.password == "p")
  }

  @Test(arguments: [
    "redis://a,b", "redis://a/x", "redis://a:0", "redis://", "redis-sentinel://a",
    "redis-sentinel://a,/m", "redis-sentinel://a/m/n",
  ])
  func aURLThatNamesNoneIsRefused(url: String) throws {
    let bindings = try bindings(Self.add, ["command": .text("PING")])
    #expect(throws: BindingError.self) { try bindings.check([url]) }
  }
}
