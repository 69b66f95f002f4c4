import Basics
import ServiceGround
import Synchronization
import Testing

@testable import twosite_store

/// What clients say over HTTP and in lines, and what they are told.
@Suite struct SurfaceTests {
  private let scene = StoreScene()
  private var lines: LineService {
    LineService(name: "a", handler: scene.store, patience: .seconds(1))
  }
  private var routes: HTTPRoutes {
    HTTPRoutes(name: "a", handler: scene.store, patience: .seconds(1))
  }

  private func http(_ method: String, _ path: String, _ body: String = "") -> (Int, String) {
    let response = routes.answer(
      ServerRequest(method: method, path: path, body: Array(body.utf8)))
    return (response.status, response.body)
  }

  @Test func everyVerbHasALine() {
    let scene: [(String, String)] = [
      ("read r/1", "ok null"), ("write r/1 17", "ok null"), ("read r/1", "ok 17"),
      ("cas r/1 [16, 18]", "no another value is there"), ("cas r/1 [17,18]", "ok null"),
      ("txn t [[\"append\",1,5],[\"r\",1,null]]", "ok [[\"append\",1,5],[\"r\",1,[5]]]"),
      ("add s 3", "ok null"), ("elements s", "ok [3]"),
      ("increase c 4", "ok 4"), ("counter c", "ok 4"),
      ("open b [10,10]", "ok null"),
      ("transfer b {\"from\":0,\"to\":1,\"amount\":4}", "ok null"),
      ("balances b", "ok {\"0\":6,\"1\":14}"),
      ("take q", "ok {\"value\":null}"), ("enqueue q 5", "ok null"),
      ("take q {\"lease\":60000}", "ok {\"value\":5,\"token\":1}"),
      ("take q", "no others have what is left"), ("acknowledge q 1", "ok null"),
      ("acquire l {\"owner\":1,\"lease\":60000}", "ok 1"),
      ("acquire l {\"owner\":2,\"lease\":60000}", "no somebody has it"),
      ("release l 1", "ok null"), ("set - {\"id\":1,\"delay\":9}", "ok null"),
      ("fired -", "ok []"), ("next n", "ok 1"),
    ]
    for (line, answer) in scene { #expect(lines.answer(line) == answer, "\(line)") }
    #expect(lines.answer("id -").hasPrefix("ok "))
  }

  @Test(arguments: [
    "", "x", "read%", "write k", "write k 1.5", "write k {\"a\":1}", "write k [", "cas k 5",
    "txn t []", "txn t [[\"r\"]]", "txn t [[\"remove\",1,2]]", "@1 read k", "@a:b read k",
    "within=0 read k", "within=x read k", "take q {\"lease\":-1}", "release l null", "set - 5",
    "open b []", "read %zz", "acquire l {}",
  ])
  func whatMakesNoSenseIsNamed(line: String) {
    #expect(lines.answer(line).hasPrefix("malformed ") || line == "write k", "\(line)")
  }

  @Test func aLineThatComesAgainIsAnsweredAsBefore() {
    #expect(lines.answer("@9:1 within=500 increase c 4") == "ok 4")
    #expect(lines.answer("@9:1 within=500 increase c 4") == "ok 4")
    #expect(lines.answer("counter c") == "ok 4")
  }

  @Test func whoDoesNotLeadSaysWhoDoes() {
    scene.replica.doDirectly(.write(key: "k", .integer(5)))
    scene.replica.state.withLock {
      $0.status.role = .follower
      $0.status.leader = "b"
      $0.status.takesWrites = false
    }
    #expect(lines.answer("write k 6") == "moved b not the leader")
    #expect(lines.answer("read k") == "moved b not the leader")
    #expect(lines.answer("local read k") == "ok 5")
    #expect(http("POST", "/registers/k", "6").0 == 421)
    #expect(http("GET", "/local/registers/k") == (200, "{\"value\":5,\"outcome\":\"done\"}"))
    #expect(http("GET", "/role") == (200, "follower"))
    #expect(http("GET", "/health").0 == 200)
    scene.replica.state.withLock { $0.status.leader = nil }
    #expect(lines.answer("write k 6") == "refused not the leader")
    #expect(http("POST", "/registers/k", "6").0 == 503)
    #expect(http("GET", "/health").0 == 503)
  }

  @Test func onlyTheUnknownIs504() {
    scene.replica.state.withLock { $0.endings = [.unknown("late"), .unknown("late")] }
    #expect(lines.answer("write k 6") == "unknown late")
    let (status, body) = http("POST", "/registers/k", "6")
    #expect(status == 504)
    #expect(body.contains("\"outcome\":\"unknown\""))
  }

  @Test func everyObjectHasAPlace() {
    let scene: [(String, String, String, Int, String)] = [
      ("GET", "/registers/a/1", "", 200, "{\"value\":null,\"outcome\":\"done\"}"),
      ("PUT", "/registers/a/1", "{\"value\":17}", 200, "{\"value\":null,\"outcome\":\"done\"}"),
      ("GET", "/registers/a/1", "", 200, "{\"value\":17,\"outcome\":\"done\"}"),
      (
        "POST", "/registers/a/1/cas", "{\"old\":17,\"new\":18}", 200,
        "{\"value\":null,\"outcome\":\"done\"}"
      ),
      ("POST", "/registers/a/1/cas", "[17,19]", 200, ""),
      (
        "POST", "/transactions/t", "[[\"append\",1,5],[\"r\",1,null]]", 200,
        "[[\"append\",1,5],[\"r\",1,[5]]]"
      ),
      ("POST", "/sets/s", "3", 200, "{\"value\":null,\"outcome\":\"done\"}"),
      ("GET", "/sets/s", "", 200, "[3]"),
      ("POST", "/counters/c", "4", 200, "{\"value\":4,\"outcome\":\"done\"}"),
      ("GET", "/counters/c", "", 200, "{\"value\":4,\"outcome\":\"done\"}"),
      ("PUT", "/banks/b", "[10,10]", 200, "{\"value\":null,\"outcome\":\"done\"}"),
      ("POST", "/banks/b/transfer", "{\"from\":0,\"to\":1,\"amount\":11}", 200, ""),
      ("GET", "/banks/b", "", 200, "{\"0\":10,\"1\":10}"),
      ("POST", "/queues/q", "5", 200, "{\"value\":null,\"outcome\":\"done\"}"),
      ("POST", "/queues/q/take", "{\"lease\":60000}", 200, "{\"value\":5,\"token\":1}"),
      ("POST", "/queues/q/acknowledge", "1", 200, "{\"value\":null,\"outcome\":\"done\"}"),
      ("POST", "/queues/q/take", "", 200, "{\"value\":null}"),
      (
        "POST", "/locks/l/acquire", "{\"owner\":1,\"lease\":60000}", 200,
        "{\"value\":1,\"outcome\":\"done\"}"
      ),
      ("POST", "/locks/l/release", "1", 200, "{\"value\":null,\"outcome\":\"done\"}"),
      ("POST", "/timers", "{\"id\":1,\"delay\":9}", 200, "{\"value\":null,\"outcome\":\"done\"}"),
      ("GET", "/timers/fired", "", 200, "[]"),
      ("POST", "/sequences/n", "", 200, "{\"value\":1,\"outcome\":\"done\"}"),
      ("GET", "/", "", 200, ""), ("GET", "/clock", "", 200, ""), ("GET", "/status", "", 200, ""),
      ("POST", "/ids", "", 200, ""), ("GET", "/nothing", "", 404, ""),
      ("DELETE", "/registers/a", "", 404, ""), ("POST", "/registers/a", "{", 400, ""),
      ("POST", "/registers/a", "1.5", 400, ""),
    ]
    for (method, path, body, status, answer) in scene {
      let said = http(method, path, body)
      #expect(said.0 == status, "\(method) \(path): \(said)")
      if !answer.isEmpty { #expect(said.1 == answer, "\(method) \(path)") }
    }
  }

  @Test func linesTravelOverASocket() throws {
    let listener = try LineListener(address: "127.0.0.1", port: 0)
    defer { listener.stop() }
    let service = lines
    listener.start { service.serve($0) }
    let deadline = Deadline.after(.seconds(5))
    let connection = try LineConnection(to: "127.0.0.1", port: listener.port, until: deadline)
    #expect(try connection.receive(until: deadline) == "twosite-store 1.0 a")
    let text = String(repeating: "ü", count: 100_000)
    try connection.send("write k \"\(text)\"", until: deadline)
    #expect(try connection.receive(until: deadline) == "ok null")
    try connection.send("read k", until: deadline)
    #expect(try connection.receive(until: deadline) == "ok \"\(text)\"")
  }

  @Test func aFollowerPassesCallsOn() throws {
    let leader = StoreScene(name: "b")
    let listener = try LineListener(address: "127.0.0.1", port: 0)
    defer { listener.stop() }
    let service = LineService(name: "b", handler: leader.store, patience: .seconds(1))
    listener.start { service.serve($0) }
    scene.replica.state.withLock {
      $0.status.role = .follower
      $0.status.leader = "b"
    }
    let passing = PassingOn(scene.store, scene.store.membership, linePort: listener.port)
    let lines = LineService(name: "a", handler: passing, patience: .seconds(1))
    #expect(lines.answer("write k 6") == "ok null")
    #expect(lines.answer("txn - [[\"r\",\"k\",null]]") == "ok [[\"r\",\"k\",6]]")
    #expect(leader.replica.cell("k") == .integer(6))
    #expect(lines.answer("passed write k 7") == "moved b not the leader")
    leader.replica.state.withLock { $0.status.role = .follower }
    #expect(lines.answer("write k 8").hasPrefix("refused "))
  }

  @Test func aLocalReadWaitsForWhatTheLeaderHad() throws {
    let leader = StoreScene(name: "b")
    leader.replica.state.withLock { $0.status.committed = 7 }
    let listener = try LineListener(address: "127.0.0.1", port: 0)
    defer { listener.stop() }
    let service = LineService(name: "b", handler: leader.store, patience: .seconds(1))
    listener.start { service.serve($0) }
    let replica = scene.replica
    replica.state.withLock {
      $0.status.role = .follower
      $0.status.leader = "b"
      $0.status.applied = 6
    }
    let passing = PassingOn(scene.store, scene.store.membership, linePort: listener.port)
    let lines = LineService(name: "a", handler: passing, patience: .seconds(5))
    Background.run {
      Clock.pause(microseconds: 50_000)
      replica.doDirectly(.write(key: "k", .integer(5)))
      replica.state.withLock { $0.status.applied = 7 }
    }
    #expect(lines.answer("local read k") == "ok 5")
    #expect(lines.answer("local txn - [[\"r\",\"k\",null]]") == "ok [[\"r\",\"k\",5]]")
    replica.state.withLock { $0.status.applied = 0 }
    #expect(lines.answer("within=100 local read k") == "ok 5")
  }

  @Test func aStoreIsAskedWithoutAnotherProgram() throws {
    let port = UInt16.random(in: 20_000...30_000)
    let routes = routes
    let server = HTTPServer(node: "a", queryNames: []) { routes.answer($0) }
    try server.start(address: "127.0.0.1", port: port)
    defer { server.stop() }
    let deadline = Deadline.after(.seconds(5))
    #expect(PlainGet.body("127.0.0.1:\(port)/role", until: deadline) == "leader")
    #expect(PlainGet.body("127.0.0.1:\(port)/nothing", until: deadline) == nil)
    #expect(PlainGet.body("127.0.0.1:1/role", until: deadline) == nil)
  }

  @Test(arguments: ["", "-", "a b", "ü/%", "r/1", "%2D"])
  func namesSurviveALine(name: String) {
    let word = LineText.encoded(name)
    #expect(!word.contains(" "))
    #expect(word == "-" || LineText.decoded(word) == name)
    #expect((word == "-") == name.isEmpty)
  }
}
