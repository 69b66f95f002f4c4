import Basics
import Bindings
import Clients
import Glibc
import Testing
import Workloads

/// Connections that are kept, and headers.
@Suite struct ConnectionTests {
  private func options(_ settings: [String: Setting]) throws -> HTTPOptions {
    try HTTPBindings(ClientSettings(own: Settings(settings)), functions: []).options
  }

  private func client(_ connections: String) throws -> HTTPClient {
    HTTPClient(timeout: .seconds(5), options: try options(["connections": .text(connections)]))
  }

  @Test(arguments: [("kept", 1), ("fresh", 5)])
  func aConnectionIsUsedAgainOnlyWhereItIsKept(connections: String, expected: Int) throws {
    // A connection that its client leaves open holds the server's only thread.
    let server = StubServer { number, _ in .kept("\(number)") }
    let client = try client(connections)
    for number in 0..<5 {
      #expect(try client.send(HTTPClientTests.add, to: server.url).body == "\(number)")
    }
    #expect(server.connections.opened == expected)
    #expect(server.requests.count == 5)
  }

  /// libcurl would send the request again, which the server would see as a third.
  @Test(arguments: [StubServer.Reply.bytes(""), .reset], [true, false])
  func whatAKeptConnectionSwallowsIsNotSentAgain(reply: StubServer.Reply, isRead: Bool) throws {
    let server = StubServer { number, _ in number == 1 ? reply : .kept("fine") }
    let client = try client("kept")
    let request = isRead ? HTTPClientTests.read : HTTPClientTests.add
    _ = try client.send(request, to: server.url)
    let error = #expect(throws: ClientError.self) { try client.send(request, to: server.url) }
    guard case .indefinite? = error else {
      Issue.record("it may have taken effect: \(String(describing: error))")
      return
    }
    #expect(server.requests.count == 2, "it was sent again")
    #expect(try client.send(request, to: server.url).body == "fine")
    #expect(server.requests.count == 3)
  }

  @Test func aConnectionThatWasClosedWhileIdleIsReplacedBeforeAnythingIsSent() throws {
    let server = StubServer { number, _ in .ok("\(number)") }
    let client = try client("kept")
    for number in 0..<3 {
      #expect(try client.send(HTTPClientTests.add, to: server.url).body == "\(number)")
      #expect(eventually { server.connections.closed == number + 1 })
    }
    #expect(server.connections.opened == 3 && server.requests.count == 3)
  }

  /// What was sent for one request is not held against the next.
  @Test func whereNobodyListensNothingWasSentWhateverWasSentBefore() throws {
    let client = try client("kept")
    let server = StubServer { _, _ in .ok("") }
    _ = try client.send(HTTPClientTests.add, to: server.url)
    let error = #expect(throws: ClientError.self) {
      try client.send(HTTPClientTests.add, to: "http://127.0.0.1:\(StubServer.deadPort())")
    }
    guard case .definite? = error else {
      Issue.record("nothing was sent: \(String(describing: error))")
      return
    }
  }

  @Test func headersAreSentAndReplaceTheClientsOwn() throws {
    let server = StubServer { _, _ in .ok("") }
    let options = try options([
      "headers": .mapping([
        "content-type": .text("text/plain"), "X-Token": .text("a: b"), "X-Empty": .text(""),
        "Host": .text("shop.example"),
      ])
    ])
    _ = try HTTPClient(timeout: .seconds(5), options: options)
      .send(HTTPClientTests.add, to: server.url)
    let lines = server.requests[0].split(separator: "\r\n").map(String.init)
    for line in ["content-type: text/plain", "X-Token: a: b", "X-Empty:", "Host: shop.example"] {
      #expect(lines.contains(line), "\(lines)")
    }
    #expect(lines.filter { $0.lowercased().hasPrefix("content-type:") }.count == 1)
    #expect(lines.filter { $0.lowercased().hasPrefix("host:") }.count == 1)
  }
}

/// Waits until a condition holds; false when it does not come to hold within ten seconds.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  for _ in 0..<2000 {
    if try condition() { return true }
    usleep(5000)
  }
  return try condition()
}
