import Basics
import Bindings
import Clients
import Glibc
import Histories
import Testing
import Workloads

/// The client against a real server.
@Suite(.enabled(if: RealServer.isHere(RealServer.redis), "install redis-server"), .serialized)
final class RedisClientTests {
  static let write = SQLClientTests.write
  static let read = SQLClientTests.read

  let server: RealServer
  var url: String { "redis://127.0.0.1:\(server.port)" }

  init() throws {
    server = try RealServer.startRedis()
    let client = try client("PING", setup: ["DEL s"])
    #expect(
      eventually {
        do throws(ClientError) {
          try client.prepare()
          return true
        } catch { return false }
      }, "the server never came up")
  }

  private func client(
    _ command: String, _ settings: [String: Setting] = [:], setup: [String] = [],
    url: String? = nil,
    timeout: Duration = .seconds(20)
  ) throws -> any Client {
    let add = settings.merging(["command": .text(command)]) { $1 }
    let all = ClientSettings(
      own: Settings(["setup": .list(setup.map { .text($0) })]),
      functions: ["add": Settings(add), "read": Settings(["command": .text("SMEMBERS s")])])
    return try RedisBindings(all, functions: [Self.write, Self.read]).host(on: .bare).client(
      of: url ?? self.url, timeout: timeout)
  }

  private func add(_ client: any Client, _ value: Payload = .integer(1)) -> Completion {
    client.invoke(Invocation(Self.write, value))
  }

  @Test func whatIsWrittenIsRead() throws {
    let client = try client("SADD s {value}")
    #expect(client.invoke(Invocation(Self.read)).result == .list([]))
    for value in [Payload.integer(3), .text("a b\r\n")] { #expect(add(client, value).kind == .ok) }
    let elements = client.invoke(Invocation(Self.read)).result.elements ?? []
    #expect(Set(elements) == [.integer(3), .text("a b\r\n")])
    #expect(add(client).server?.isEmpty == false)
  }

  @Test func aConditionThatDoesNotHoldIsFail() throws {
    let client = try client("SET once {value} NX", ["fail-is": .text("nil")])
    #expect(add(client) == .ok(.integer(1), by: add(client).server))
    #expect(add(client).kind == .fail)
    let wrong = try self.client("INCRBY once x")
    #expect(add(wrong).kind == .fail && add(wrong).error?.hasPrefix("ERR ") == true)
  }

  @Test func aCommandThatHangsIsInfo() throws {
    let completion = add(try client("BLPOP nothing 60", timeout: .milliseconds(500)))
    #expect(completion.kind == .info && completion.error == "no reply in time")
  }

  @Test func aConnectionThatWasClosedWhileIdleIsReplaced() throws {
    let client = try client("SADD s {value}")
    #expect(add(client).kind == .ok)
    #expect(add(try self.client("CLIENT KILL TYPE normal")).kind == .ok)
    #expect(add(client, .integer(2)).kind == .ok)
  }

  @Test func theSentinelsAreAskedInTurnAndBelievedOnlyIfTheServerAgrees() throws {
    let port = server.port
    let knows = StubServer(isHTTP: false) { _, _ in
      .keep("*2\r\n$9\r\n127.0.0.1\r\n$\("\(port)".utf8.count)\r\n\(port)\r\n")
    }
    let knowsNot = StubServer(isHTTP: false) { _, _ in .keep("*-1\r\n") }
    let lies = StubServer(isHTTP: false) { _, _ in .keep("*3\r\n$5\r\nslave\r\n$1\r\nx\r\n:1\r\n") }
    let misled = StubServer(isHTTP: false) { _, _ in
      let port = "\(lies.port)"
      return .keep("*2\r\n$9\r\n127.0.0.1\r\n$\(port.utf8.count)\r\n\(port)\r\n")
    }
    let dead = StubServer.deadPort()
    func outcome(_ sentinel: UInt16) throws -> Completion {
      let url =
        "redis-sentinel://127.0.0.1:\(dead),127.0.0.1:\(knowsNot.port),127.0.0.1:\(sentinel)/main"
      return add(try client("SADD s {value}", url: url))
    }
    #expect(try outcome(knows.port).kind == .ok)
    let refused = try outcome(misled.port)
    #expect(refused.kind == .fail && refused.error?.contains("not the primary") == true)
    #expect(try outcome(dead).kind == .fail)
  }
}
