import Basics
import Bindings
import Clients
import Histories
import Linux
import Testing
import Workloads

@Suite struct ClientProcessTests {
  static func host() throws -> any ClientHost {
    try HTTPBindings(
      ClientSettings(own: Settings(["path": .text("/orders")])), functions: SetWorkload.functions
    ).host(on: .bare)
  }

  /// Runs one client of a workload that never reads until the server has seen enough.
  private func history(
    requests: Int, _ server: StubServer, timeout: Duration = .milliseconds(200)
  ) throws -> History {
    let clock = RunClock()
    let recorder = Recorder { clock.now }
    let workload = try SetWorkload(
      Settings(["reads": .ratio(.none)]),
      mark: ElementMark(workload: 2, others: [0]))
    let assignment = ClientProcess.Assignment(
      workload: workload, name: "orders", host: try Self.host(), url: server.url,
      schedule: Schedule(Load(200), processes: 2), timeout: timeout, chance: Chance(seed: 3))
    let meter = TrafficMeter(timeout: timeout)
    let process = ClientProcess(
      assignment, turn: 1, firstNumber: 1, stride: 2, recorder: recorder, meter: meter,
      clock: clock)
    let stop = StopFlag()
    let thread = try Linux.Thread(named: "client") { process.run(from: clock.now, until: stop) }
    _ = clock.wait(within: .seconds(20), unless: StopFlag()) {
      server.requests.count >= requests
    }
    stop.raise()
    thread.join()
    let history = recorder.history()
    #expect(meter.totals.good + meter.totals.bad == history.operations.count)
    return history
  }

  @Test func itSendsItsOwnShareAndAddsItsOwnElements() throws {
    let server = StubServer { _, _ in .ok("") }
    let history = try history(requests: 5, server)
    let elements = history.operations.prefix(5).map { history.values.integer($0.argument) }
    // Turn 1 of two processes: every second sequence, behind the mark of the third workload.
    #expect(elements == [2, 4, 6, 8, 10].map { 200_000_000 + $0 })
    #expect(history.operations.allSatisfy { $0.outcome == .ok && $0.process == 1 })
    #expect(history.operations.allSatisfy { history.name($0.node) == "n1" })
  }

  @Test func afterAnUnknownOutcomeItIsAnotherProcess() throws {
    let server = StubServer { number, _ in
      [StubServer.Reply.ok(""), .reset, .status(404), .status(503), .ok("")][min(number, 4)]
    }
    let history = try history(requests: 5, server)
    let first = history.operations.prefix(5)
    #expect(first.map(\.outcome) == [.ok, .info, .fail, .info, .ok])
    #expect(first.map(\.process) == [1, 1, 3, 3, 5])
  }

  /// What waits behind an operation in flight when the traffic ends is not late yet, and no failure of the service's.
  @Test func whatWaitsWhenItEndsIsNoFailure() throws {
    let server = StubServer { number, _ in number == 3 ? .silence : .ok("") }
    let history = try history(requests: 4, server, timeout: .milliseconds(500))
    #expect(history.operations.contains { $0.outcome == .info })
    for operation in history.operations where operation.outcome == .fail {
      #expect(operation.latency ?? .zero > .milliseconds(500))
    }
  }

  @Test func aLateServerMakesOperationsLateNotFewer() throws {
    let server = StubServer { number, _ in number == 0 ? .silence : .ok("") }
    let history = try history(requests: 10, server)
    let second = try #require(history.operations.dropFirst().first)
    // It was meant to start 10 ms after the first, and waited out the first one's timeout.
    #expect(second.invoked > second.scheduled.advanced(by: .milliseconds(100)))
    #expect(second.latency ?? .zero > .milliseconds(100))
  }
}

@Suite struct FinalReadTests {
  private func run(_ sources: [(String, StubServer)], within limit: Duration) throws
    -> (silent: [String], history: History)
  {
    let clock = RunClock()
    let recorder = Recorder { clock.now }
    let workload = try SetWorkload(.none)
    let reads = FinalReads(
      workload, name: "orders", host: try ClientProcessTests.host(), recorder: recorder,
      clock: clock)
    var numbers = 100
    let silent = reads.run(
      after: 10, sources.map { .init(node: $0.0, url: $0.1.url) },
      service: .init(node: "orders", url: ""), within: limit, numbers: &numbers,
      unless: StopFlag())
    #expect(numbers == 100 + recorder.history().operations.count)
    return (silent, recorder.history())
  }

  @Test func everyReplicaIsAskedUntilItAnswers() throws {
    let slow = StubServer { number, _ in number < 2 ? .status(503) : .ok("[1]") }
    let quick = StubServer { _, _ in .ok("[1, 2]") }
    let (silent, history) = try run([("a", slow), ("b", quick)], within: .seconds(20))
    #expect(silent.isEmpty)
    #expect(slow.requests.count == 3 && quick.requests.count == 1)
    #expect(history.operations.allSatisfy { $0.isFinal })
    #expect(history.operations.filter { $0.outcome == .ok }.count == 2)
  }

  @Test func aReplicaThatNeverAnswersTakesNoTimeFromTheOthers() throws {
    let dead = StubServer { _, _ in .reset }
    let shaky = StubServer { number, _ in number < 2 ? .reset : .ok("[]") }
    let (silent, _) = try run([("a", dead), ("b", shaky)], within: .milliseconds(900))
    #expect(silent == ["a"])
  }
}
