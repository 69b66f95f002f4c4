import Basics
import Bindings
import Clients
import Testing
import Workloads

@Suite struct HTTPClientTests {
  static let add = HTTPRequest(method: "POST", path: "/orders", body: "7")
  static let read = HTTPRequest(method: "GET", path: "/orders?all")

  private func failure(_ request: HTTPRequest, _ url: String) -> ClientError? {
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
    #expect(response == HTTPResponse(status: 200, body: "[1, 2]", node: "web-a"))
    #expect(server.requests[0].hasPrefix("GET /orders?all HTTP/1.1\r\n"))
  }

  @Test(.enabled(if: Loopback.hasIPv6, "needs a kernel with IPv6")) func aServerMayBeOnIPv6() throws
  {
    let server = StubServer(isIPv6: true) { _, _ in .ok("six") }
    let response = try HTTPClient(timeout: .seconds(5)).send(Self.read, to: server.url)
    #expect(response.status == 200 && response.body == "six")
    #expect(server.requests[0].contains("Host: [::1]:\(server.port)\r\n"))
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
    let head = HTTPRequest(method: "HEAD", path: "/")
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

  @Test func headersOfARequestWinOverThoseOfTheClient() throws {
    let server = StubServer { _, _ in .ok("") }
    let settings = Settings(["headers": .mapping(["X-A": .text("one"), "X-B": .text("two")])])
    let options = try HTTPBindings(ClientSettings(own: settings), functions: []).options
    let client = HTTPClient(timeout: .seconds(5), options: options)
    var request = Self.read
    request.headers = [options.headers[0], .init(name: "x-b", value: "three")]
    _ = try client.send(request, to: server.url)
    _ = try client.send(Self.read, to: server.url)
    #expect(server.requests[0].contains("x-b: three") && !server.requests[0].contains("two"))
    #expect(server.requests[1].contains("X-B: two") && server.requests[1].contains("X-A: one"))
  }
}
