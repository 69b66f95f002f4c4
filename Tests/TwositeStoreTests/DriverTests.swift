import Basics
import ServiceGround
import Synchronization
import Testing

@testable import twosite_driver
@testable import twosite_store

/// The compiled driver against a real socket.
@Suite struct DriverTests {
  /// A store that serves lines, and a client of the driver.
  private final class Stage {
    let scene: StoreScene
    let listener: LineListener

    init(_ name: String = "a") throws {
      scene = StoreScene(name: name)
      listener = try LineListener(address: "127.0.0.1", port: 0)
      let service = LineService(name: name, handler: scene.store, patience: .seconds(1))
      listener.start { service.serve($0) }
    }

    deinit { listener.stop() }
    var place: String { "127.0.0.1:\(listener.port)" }
  }

  private func functions(
    _ url: String, _ options: JSON = [:], _ names: [(String, String)] = []
  ) throws -> StoreFunctions {
    let functions: [JSON] = names.map { ["name": .string($0.0), "result": .string($0.1)] }
    return try #require(
      StoreFunctions(DriverOptions(options, functions: functions), url, client: 0))
  }

  private func run(
    _ functions: StoreFunctions, _ name: String, key: JSON = .null, _ value: JSON = .null
  ) -> DriverReply {
    functions.carryOut(name, key: key, value: value, until: .after(.seconds(2)))
  }

  @Test func everyFunctionIsServed() throws {
    let stage = try Stage()
    let url = "twosite://\(stage.place)"
    let registers = try functions(url, ["prefix": "r"])
    #expect(run(registers, "read", key: 1) == .ok(.null))
    #expect(run(registers, "write", key: 1, 5) == .ok(nil))
    #expect(run(registers, "cas", key: 1, [5, 6]) == .ok(nil))
    #expect(
      run(registers, "cas", key: 1, [5, 7])
        == .fail("precondition-failed", "another value is there"))
    #expect(run(registers, "read", key: 1) == .ok(6))
    #expect(registers.session.server == "a")
    let sets = try functions(url, ["prefix": "s"], [("add", "scalar"), ("read", "list")])
    #expect(run(sets, "add", 3) == .ok(nil))
    #expect(run(sets, "read") == .ok([3]))
    let counters = try functions(url, [:], [("add", "scalar"), ("read", "scalar")])
    #expect(run(counters, "add", key: 1, 3) == .ok(nil))
    #expect(run(counters, "read", key: 1) == .ok(3))
    let numbers = try functions(url, ["prefix": "m"], [("increment", "any"), ("read", "scalar")])
    #expect(run(numbers, "increment", key: 1) == .ok(1))
    #expect(run(numbers, "read", key: 1) == .ok(1))
    let bank = try functions(url, ["accounts": "2"], [("transfer", "nothing"), ("read", "map")])
    #expect(bank.setUp(until: .after(.seconds(2))) == .ok(nil))
    #expect(run(bank, "transfer", ["from": 0, "to": 1, "amount": 4]) == .ok(nil))
    #expect(run(bank, "read") == .ok(["0": 6, "1": 14]))
    let queue = try functions(url)
    #expect(run(queue, "enqueue", 5) == .ok(nil))
    #expect(run(queue, "dequeue") == .ok(5))
    #expect(run(queue, "dequeue") == .ok(.null))
    #expect(run(queue, "publish", key: 2, 8) == .ok(nil))
    #expect(run(queue, "consume", key: 2) == .ok([8]))
    #expect(run(queue, "consume", key: 2) == .ok([]))
    #expect(run(queue, "acquire", key: 1, 77) == .ok(1))
    #expect(run(queue, "acquire", key: 1, 78) == .fail("precondition-failed", "somebody has it"))
    #expect(run(queue, "release", key: 1, [77, 1]) == .ok(nil))
    #expect(run(queue, "set", [9, 60_000]) == .ok(nil))
    #expect(run(queue, "fired") == .ok([]))
    #expect(run(queue, "generate") == .ok(1))
    #expect(
      run(queue, "txn", [["append", 1, 5], ["r", 1, nil]])
        == .ok([["append", 1, 5], ["r", 1, [5]]]))
    #expect(run(queue, "sing") == .fail("not-supported", "there is no function sing"))
  }

  @Test func aCommandWithoutAnswerIsAskedAgainUnderItsNumber() throws {
    let (one, other) = (try Stage("a"), try Stage("b"))
    one.scene.replica.state.withLock {
      $0.endings = [.unknown("late")]
    }
    let client = try functions(
      "twosite://\(one.place),\(other.place)", [:], [("add", "scalar"), ("read", "scalar")])
    #expect(run(client, "add", key: 1, 5) == .ok(nil))
    let numbers = [one, other].map { stage in
      stage.scene.replica.state.withLock { $0.submitted.map(\.stamp) }
    }
    #expect(numbers[0].count == 1)
    #expect(numbers[1].count == 1)
    #expect(numbers[0][0].session == numbers[1][0].session)
    #expect(numbers[0][0].number == numbers[1][0].number)
  }

  @Test func whatMayBeDoneIsNeverToldAsRefused() throws {
    let (one, other) = (try Stage("a"), try Stage("b"))
    one.scene.replica.state.withLock { $0.endings = .init(repeating: .unknown("late"), count: 999) }
    other.scene.replica.state.withLock { $0.status.role = .follower }
    let client = try functions("twosite://\(one.place),\(other.place)")
    let reply = client.carryOut(
      "enqueue", key: .null, value: 5, until: .after(.milliseconds(300)))
    #expect(reply == .info("timeout", "late"))
  }

  @Test func whoDoesNotLeadIsLeft() throws {
    let (one, other) = (try Stage("a"), try Stage("b"))
    one.scene.replica.state.withLock { $0.status.role = .follower }
    let client = try functions("twosite://\(one.place),\(other.place)")
    #expect(run(client, "write", key: 1, 5) == .ok(nil))
    #expect(client.session.server == "b")
  }

  @Test func whereNobodyListensNothingIsDone() throws {
    let client = try functions("twosite://127.0.0.1:1")
    guard case .fail("temporarily-unavailable", _) = run(client, "write", key: 1, 5) else {
      return #expect(Bool(false))
    }
  }

  @Test(arguments: [
    "http://a:1", "twosite://", "twosite://a", "twosite://a:x", "twosite://a:1/far",
  ])
  func aURLThatIsNoneIsRefused(url: String) { #expect(StoreAddress(url) == nil) }

  @Test func aReplicaIsReadAsItIs() throws {
    let stage = try Stage()
    stage.scene.replica.doDirectly(.write(key: "1", .integer(5)))
    stage.scene.replica.state.withLock { $0.status.role = .follower }
    #expect(run(try functions("twosite://\(stage.place)/local"), "read", key: 1) == .ok(5))
    guard case .fail = run(try functions("twosite://\(stage.place)"), "read", key: 1) else {
      return #expect(Bool(false))
    }
  }
}
