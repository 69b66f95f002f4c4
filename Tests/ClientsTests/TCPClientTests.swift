import Basics
import Bindings
import Clients
import Histories
import Testing
import Workloads

/// The client of texts over TCP, against servers that mean it well and ill.
@Suite struct TCPClientTests {
  static let read = WorkloadFunction("read", result: .scalar, isRead: true, "Reads.")
  static let add = WorkloadFunction("add", argument: .scalar, result: .scalar, "Adds.")

  private func client(_ server: StubServer, _ own: [String: Setting] = [:]) throws -> any Client {
    let bindings = try TCPBindings(
      ClientSettings(
        own: Settings(own),
        functions: [
          "read": Settings([
            "send": .text("read\r\n\r\n"), "expect": .text("HTTP/1.1 200 {any}\r\n\r\n{value}."),
          ]),
          "add": Settings([
            "send": .text("add {value}\r\n\r\n"), "expect": .text("HTTP/1.1 200 {any}\r\n\r\nok."),
            "refused": .text("HTTP/1.1 503{any}\r\n\r\n"),
          ]),
        ]), functions: [Self.read, Self.add])
    return bindings.host(in: .bare).client(
      of: "tcp" + server.url.dropFirst(4), timeout: .milliseconds(500))
  }

  @Test func anOperationIsSentAndItsAnswerRead() throws {
    let server = StubServer { number, _ in .kept(number == 0 ? "17." : "ok.") }
    let client = try client(server)
    #expect(client.invoke(Invocation(Self.read)) == .ok(.integer(17)))
    #expect(client.invoke(Invocation(Self.add, .integer(5))) == .ok(.integer(5)))
    #expect(server.requests.map { $0.prefix(5) } == ["read\r\n", "add 5"].map { $0.prefix(5) })
    #expect(server.connections.opened == 1)
  }

  @Test(.enabled(if: Loopback.hasIPv6, "needs a kernel with IPv6")) func aServerMayBeOnIPv6() throws
  {
    let server = StubServer(isIPv6: true) { _, _ in .kept("17.") }
    #expect(try client(server).invoke(Invocation(Self.read)) == .ok(.integer(17)))
  }

  @Test func connectionsMayBeFresh() throws {
    let server = StubServer { _, _ in .kept("17.") }
    let client = try client(server, ["connections": .text("fresh")])
    for _ in 0..<3 { #expect(client.invoke(Invocation(Self.read)).kind == .ok) }
    #expect(server.connections.opened == 3)
  }

  @Test func whereNobodyListensNothingWasSent() throws {
    let bindings = try TCPBindings(
      ClientSettings(functions: ["add": Settings(["send": .text("x"), "expect": .text("y")])]),
      functions: [Self.add])
    let client = bindings.host(in: .bare).client(
      of: "tcp://127.0.0.1:\(StubServer.deadPort())", timeout: .milliseconds(500))
    #expect(client.invoke(Invocation(Self.add, .integer(1))).kind == .fail)
  }

  /// All of these came after something was sent.
  @Test(arguments: [StubServer.Reply.bytes(""), .reset, .silence, .bytes("HTTP/1.1 2"), .ok("no.")])
  func whatBreaksAfterSendingIsUnknown(reply: StubServer.Reply) throws {
    let server = StubServer { number, _ in number == 0 ? reply : .kept("ok.") }
    let client = try client(server)
    #expect(client.invoke(Invocation(Self.add, .integer(1))).kind == .info)
    #expect(client.invoke(Invocation(Self.add, .integer(2))) == .ok(.integer(2)))
    #expect(server.requests.count == 2, "it was sent again")
    #expect(server.connections.opened == 2, "what comes late would answer something else")
  }

  @Test func aRefusalIsAFailAndKeepsTheConnection() throws {
    let server = StubServer { number, _ in .kept("ok.") }
    let refusing = StubServer { _, _ in .status(503) }
    #expect(try client(refusing).invoke(Invocation(Self.add, .integer(1))).kind == .fail)
    #expect(try client(server).invoke(Invocation(Self.add, .integer(1))).kind == .ok)
  }

  @Test func anEndlessAnswerIsCutOff() throws {
    let server = StubServer { _, _ in .kept(String(repeating: "x", count: 100_000)) }
    let client = try client(server, ["longest-answer": .integer(1_000)])
    let completion = client.invoke(Invocation(Self.read))
    #expect(completion.kind == .fail)
    #expect(completion.error?.contains("longer than 1000 bytes") == true)
  }

  @Test func aGreetingIsWaitedFor() throws {
    let server = StubServer { _, _ in .kept("17.") }
    let client = try client(server, ["greeting": .text("hello\r\n")])
    let completion = client.invoke(Invocation(Self.add, .integer(1)))
    #expect(completion.kind == .fail, "nothing was sent: \(completion)")
    #expect(server.requests.isEmpty)
  }
}
