import Basics
import Bindings
import Clients
import Glibc
import Histories
import Testing
import Workloads

/// The client against a real server.
@Suite(
  .enabled(if: RealServer.isHere(RealServer.postgresql), "install postgresql-15"), .serialized)
final class SQLClientTests {
  static let write = WorkloadFunction("add", argument: .scalar, result: .scalar, "Writes.")
  static let read = WorkloadFunction("read", result: .list, isRead: true, "Reads.")
  static let txn = WorkloadFunction("txn", argument: .transaction, result: .transaction, "Several.")

  let server: RealServer
  var url: String { "postgresql://postgres@127.0.0.1:\(server.port)/postgres" }

  init() throws {
    server = try RealServer.startPostgreSQL()
    let client = try client(write: "select 1", setup: ["create table if not exists t (v text)"])
    #expect(
      eventually {
        do throws(ClientError) {
          try client.prepare()
          return true
        } catch { return false }
      }, "the server never came up")
  }

  private func client(
    write: String, rows: Int64? = nil, setup: [String] = [], url: String? = nil,
    timeout: Duration = .seconds(20), own: [String: Setting] = [:]
  ) throws -> any Client {
    var function: [String: Setting] = ["statement": .text(write)]
    function["rows"] = rows.map { .list([.integer($0)]) }
    let shared = own.merging(["setup": .list(setup.map { .text($0) })]) { $1 }
    let transaction: Setting = .mapping([
      "r": .text("select v from lists where k = {key}"),
      "append": .text(
        "insert into lists values ({key}, array[{value}::bigint]) on conflict (k) do update"
          + " set v = lists.v || excluded.v"),
    ])
    let settings = ClientSettings(
      own: Settings(shared),
      functions: [
        "add": Settings(function), "read": Settings(["statement": .text("select v from t")]),
        "txn": Settings(["transaction": transaction]),
      ])
    return try SQLBindings(settings, functions: [Self.write, Self.read, Self.txn]).host(on: .bare)
      .client(
        of: url ?? self.url, timeout: timeout)
  }

  private func add(_ client: any Client, _ value: Payload = .integer(1)) -> Completion {
    client.invoke(Invocation(Self.write, value))
  }

  private func stored() throws -> [Payload] {
    try client(write: "select 1").invoke(Invocation(Self.read)).result.elements ?? []
  }

  @Test func whatIsWrittenIsReadAndNothingIsSpliced() throws {
    let client = try client(write: "insert into t values ({value})")
    let nasty = Payload.text("'; drop table t; --\"$1 \\")
    for value in [nasty, .text("ü"), .integer(5)] { #expect(add(client, value).kind == .ok) }
    #expect(try stored() == [nasty, .text("ü"), .integer(5)])
    #expect(add(client).server?.isEmpty == false)
  }

  @Test func aRefusalSaysItsStateAndLeavesTheConnectionUsable() throws {
    let client = try client(
      write: "insert into u values ({value})",
      setup: ["create table if not exists u (v bigint primary key)"])
    try client.prepare()
    #expect(add(client).kind == .ok)
    let twice = add(client)
    #expect(twice.kind == .fail && twice.error?.hasPrefix("23505: ") == true)
    #expect(add(client, .integer(2)).kind == .ok)
    #expect(add(client, .text("x")).error?.hasPrefix("22P02: ") == true)
  }

  @Test func anotherNumberOfRowsUndoesAll() throws {
    let client = try client(
      write: "insert into t select {value} from generate_series(1, 2)", rows: 1)
    #expect(add(client).error == "statement 1 affected 2 rows, not 1")
    #expect(try stored() == [])
  }

  @Test func transactionsReadTheirOwnAppends() throws {
    let client = try client(
      write: "select 1",
      setup: ["create table if not exists lists (k bigint primary key, v bigint[])"],
      own: ["isolation": .text("serializable")])
    try client.prepare()
    func micro(_ name: String, _ value: Payload = .none) -> Payload {
      .list([.symbol(name), .integer(1), value])
    }
    let first = client.invoke(
      Invocation(
        Self.txn, .list([micro("r"), micro("append", .integer(7)), micro("append", .integer(8))])))
    #expect(first.kind == .ok && first.result.elements?[0] == micro("r", .list([])))
    let second = client.invoke(Invocation(Self.txn, .list([micro("r")])))
    #expect(second.result.elements?[0] == micro("r", .integers([7, 8])))
  }

  @Test func aStatementThatHangsIsInfoButNotInsideATransaction() throws {
    let hangs = "insert into t select {value} from (select pg_sleep(60)) s"
    let clock = ContinuousClock()
    let start = clock.now
    #expect(add(try client(write: hangs, timeout: .milliseconds(500))).kind == .info)
    #expect(add(try client(write: hangs, rows: 1, timeout: .milliseconds(500))).kind == .fail)
    #expect(clock.now - start < .seconds(50), "the timeout did not bound it")
  }

  @Test func aConnectionThatWasClosedWhileIdleIsReplaced() throws {
    let client = try client(write: "insert into t values ({value})")
    #expect(add(client).kind == .ok)
    let other = try self.client(
      write: "select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity"
        + " where pid <> pg_backend_pid() and backend_type = 'client backend'")
    #expect(add(other).kind == .ok)
    #expect(add(client, .integer(2)).kind == .ok)
    #expect(try stored().count == 2)
  }

  @Test func theFirstServerThatFitsIsTaken() throws {
    let dead = StubServer.deadPort()
    let hosts = "127.0.0.1:\(dead),127.0.0.1:\(server.port)"
    func outcome(_ wish: String) throws -> Completion {
      add(
        try client(
          write: "insert into t values ({value})",
          url: "postgresql://postgres@\(hosts)/postgres?target_session_attrs=\(wish)"))
    }
    #expect(try outcome("read-write").kind == .ok)
    #expect(try outcome("prefer-standby").kind == .ok)
    let refused = try outcome("standby")
    #expect(refused.kind == .fail && refused.error?.contains(";") == true, "\(refused)")
    #expect(try stored().count == 2)
  }
}
