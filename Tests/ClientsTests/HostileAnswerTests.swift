import Basics
import Bindings
import Clients
import Histories
import Linux
import Synchronization
import Testing
import Workloads

/// What a client makes of a service that means it harm.
@Suite struct HostileAnswerTests {
  static let read = HTTPRequest(method: "GET", path: "/x")
  static let invocation = Invocation(SetWorkload.functions[1])

  private func failure(_ url: String, _ options: HTTPOptions = .plain) -> ClientError? {
    do throws(ClientError) {
      _ = try HTTPClient(timeout: .seconds(5), options: options).send(Self.read, to: url)
      return nil
    } catch { return error }
  }

  @Test func anAnswerBeyondAMebibyteIsAnErrorThatSaysSo() throws {
    let server = StubServer { number, _ in
      .ok(String(repeating: "x", count: number == 0 ? 1 << 20 : 1 << 20 + 1))
    }
    let response = try HTTPClient(timeout: .seconds(5)).send(Self.read, to: server.url)
    #expect(response.body.utf8.count == 1 << 20)
    #expect(
      failure(server.url)
        == .indefinite("the answer is longer than 1048576 bytes, which is all that is taken"))
  }

  @Test func aWorkloadMayTakeLongerOrShorterAnswers() throws {
    func options(_ longest: String) throws -> HTTPOptions {
      let own = try Settings([("longest-answer", longest)], of: HTTPBindings.schema)
      return try HTTPBindings(ClientSettings(own: own), functions: []).options
    }
    let server = StubServer { _, _ in .ok("eleven byte") }
    #expect(
      try failure(server.url, options("10"))?.message.contains("longer than 10 bytes") == true)
    for wrong in ["0", "-1", "67108865", "9223372036854775807"] {
      #expect(throws: (any Error).self, "\(wrong)") {
        try options(wrong)
      }
    }
  }

  @Test func headersWithoutEndAreAnErrorToo() {
    let server = StubServer { _, _ in
      let lines = (0..<40_000).map { "X-\($0): 0123456789\r\n" }.joined()
      return .bytes("HTTP/1.1 200 OK\r\n\(lines)\r\n")
    }
    #expect(failure(server.url) != nil)
  }

  @Test(arguments: ["file:///etc/hostname?", "ftp://127.0.0.1", "gopher://127.0.0.1", "dict://x"])
  func nothingButHTTPIsSpoken(url: String) {
    guard case .definite(let message)? = failure(url) else {
      Issue.record("\(url) was asked")
      return
    }
    #expect(message.lowercased().contains("protocol"))
  }

  @Test func aRedirectIsAnAnswerAndIsNotFollowed() throws {
    let server = StubServer { _, _ in
      .bytes(
        "HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n\r\n")
    }
    let response = try HTTPClient(timeout: .seconds(5)).send(Self.read, to: server.url)
    #expect(response.status == 302 && response.body.isEmpty)
    #expect(server.requests.count == 1)
  }

  @Test func aRunKeepsSoMuchOfItsAnswersAndNoMore() {
    let recorder = Recorder { .start }
    let notebook = Notebook(recorder, workload: "w", budgetBytes: 10_000)
    let elements = (0..<1_000).map { Int64($0) }
    var kinds: [Event.Kind] = []
    for process in 0..<5 {
      notebook.invoke(Self.invocation, process: process, scheduled: nil)
      kinds.append(
        notebook.complete(Self.invocation, .ok(.integers(elements)), process: process).kind)
    }
    #expect(kinds == [.ok, .fail, .fail, .fail, .fail])
    let history = recorder.history()
    #expect(history.operations.map(\.outcome) == [.ok, .fail, .fail, .fail, .fail])
    #expect(history.values.text(history.operations[4].error)?.contains("used up") == true)
  }

  @Test func theTextOfAnErrorIsCutAndSaysSo() {
    let recorder = Recorder { .start }
    let notebook = Notebook(recorder, workload: "w")
    notebook.invoke(Self.invocation, process: 1, scheduled: nil)
    let error = String(repeating: "no ", count: 100_000)
    notebook.complete(Self.invocation, .fail(error), process: 1)
    let history = recorder.history()
    let kept = history.values.text(history.operations[0].error) ?? ""
    #expect(kept.utf8.count < 1_100 && kept.hasSuffix("… (300000 bytes, cut here)"))
  }
}
