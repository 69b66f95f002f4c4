import Clients
import Testing
import Workloads

@Suite struct HTTPClientTests {
  static let add = Request(
    function: "add", argument: .integer(7), method: "POST", path: "/orders", body: "7",
    isRead: false)
  static let read = Request(function: "read", method: "GET", path: "/orders?all", isRead: true)

  private func failure(_ request: Request, _ url: String) -> ClientError? {
    do throws(ClientError) {
      _ = try HTTPClient(timeout: .milliseconds(300)).send(request, to: url)
      return nil
    } catch { return error }
  }

  private func isDefinite(_ error: ClientError?) -> Bool? {
    switch error {
    case .definite?: true
    case .indefinite?: false
    case nil: nil
    }
  }

  @Test func anAnswerHasItsStatusBodyAndServer() throws {
    let server = StubServer { _, _ in .ok("[1, 2]", node: "web-a") }
    let response = try HTTPClient(timeout: .seconds(5)).send(Self.read, to: server.url)
    #expect(response == Response(status: 200, body: "[1, 2]", node: "web-a"))
    #expect(server.requests[0].hasPrefix("GET /orders?all HTTP/1.1\r\n"))
  }

  @Test func aServerThatDoesNotNameItselfHasNoName() throws {
    let server = StubServer { _, _ in .status(503) }
    let response = try HTTPClient(timeout: .seconds(5)).send(Self.read, to: server.url)
    #expect(response.status == 503 && response.node == nil)
  }

  @Test func aWriteIsSentWithItsBody() throws {
    let server = StubServer { _, _ in .ok("") }
    _ = try HTTPClient(timeout: .seconds(5)).send(Self.add, to: server.url)
    #expect(server.requests[0].hasPrefix("POST /orders HTTP/1.1\r\n"))
    #expect(server.requests[0].hasSuffix("\r\n\r\n7"))
    #expect(!server.requests[0].contains("Expect:"))
  }

  @Test func oneClientAsksForDifferentThingsInTurn() throws {
    let server = StubServer { number, _ in .ok("\(number)") }
    let client = HTTPClient(timeout: .seconds(5))
    let head = Request(function: "request", method: "HEAD", path: "/", isRead: true)
    for (number, request) in [Self.add, Self.read, Self.add, Self.read].enumerated() {
      #expect(try client.send(request, to: server.url).body == "\(number)")
    }
    #expect(try client.send(head, to: server.url).status == 200)
    #expect(try client.send(Self.read, to: server.url).body == "5")
    let methods = server.requests.map { String($0.prefix(4)) }
    #expect(methods == ["POST", "GET ", "POST", "GET ", "HEAD", "GET "])
  }

  @Test func whereNobodyListensNothingWasSent() {
    #expect(isDefinite(failure(Self.add, "http://127.0.0.1:\(StubServer.deadPort())")) == true)
  }

  /// All of these came after the request was sent: it may have taken effect.
  @Test(arguments: [
    StubServer.Reply.bytes(""), .reset, .silence, .bytes("HTTP/1.1 2"),
    .bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
  ])
  func whatBreaksAfterSendingIsUnknown(reply: StubServer.Reply) {
    let server = StubServer { _, _ in reply }
    #expect(isDefinite(failure(Self.add, server.url)) == false)
    #expect(server.requests.count == 1, "it was sent again")
  }

  @Test func afterABrokenConnectionTheClientStillWorks() throws {
    let server = StubServer { number, _ in number == 0 ? .reset : .ok("back") }
    let client = HTTPClient(timeout: .seconds(5))
    #expect(throws: ClientError.self) { try client.send(Self.add, to: server.url) }
    #expect(try client.send(Self.read, to: server.url).body == "back")
  }
}
