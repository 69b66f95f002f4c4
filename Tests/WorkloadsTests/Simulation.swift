import Basics
import Histories

@testable import Workloads

/// Several processes that drive a workload against a small service, at random speeds, with answers that get lost.
///
/// A millisecond is a step, in which one process goes on: it calls, or the service carries out what it called, or
/// it hears what became of that.
struct Simulation {
  private let workload: any Workload
  private let kind: String
  private let service: SmallService
  private let losesAnswers: Bool
  private var chance: Chance
  private var builder = HistoryBuilder()
  private var now = 0
  private var sequence = 0
  private var nextProcess: Int32 = 0
  private var processes: [Process] = []

  private struct Process {
    var number: Int32
    var last: Exchange?
    var called: Invocation?
    var completion: Completion?
  }

  static func history(
    of workload: any Workload, _ flaw: Flaw?, seed: UInt64, losesAnswers: Bool,
    operations: Int = 400
  ) -> History {
    var simulation = Simulation(workload, flaw, seed: seed, losesAnswers)
    simulation.run(operations)
    simulation.end()
    return simulation.builder.finish()
  }

  private init(
    _ workload: any Workload, _ flaw: Flaw?, seed: UInt64, _ losesAnswers: Bool
  ) {
    self.losesAnswers = losesAnswers
    self.workload = workload
    kind = type(of: workload).kind
    service = SmallService(flaw, seed: seed)
    chance = Chance(seed: seed &+ 77)
    processes = (0..<4).map { Process(number: Int32($0)) }
    nextProcess = 4
  }

  private mutating func run(_ operations: Int) {
    while sequence < operations || processes.contains(where: { $0.called != nil }) {
      now += 1
      step(chance.below(processes.count), isOver: sequence >= operations)
    }
  }

  private mutating func step(_ place: Int, isOver: Bool) {
    var process = processes[place]
    if let called = process.called, let completion = process.completion {
      hear(completion, of: called, &process)
    } else if let called = process.called {
      process.completion = outcome(of: called)
    } else if !isOver {
      let invocation = workload.invocation(sequence, after: process.last, using: &chance)
      sequence += 1
      record(.invoke, invocation, invocation.argument, process.number)
      process.called = invocation
    }
    processes[place] = process
  }

  /// Of forty operations one is refused; one never arrives, and the answer of one is lost, if any are.
  private mutating func outcome(of invocation: Invocation) -> Completion {
    let luck = chance.below(40)
    if luck == 0 { return .fail("refused") }
    if luck == 1, losesAnswers {
      return invocation.completion(.indefinite("never arrived, perhaps"))
    }
    let result = service.carryOut(invocation, of: kind, at: now)
    if luck == 2, losesAnswers { return invocation.completion(.indefinite("no answer")) }
    return result.map { .ok($0) } ?? .fail("declined")
  }

  private mutating func hear(
    _ completion: Completion, of called: Invocation, _ process: inout Process
  ) {
    let read = workload.reading(completion, of: called)
    record(read.kind, called, read.kind == .ok ? read.result : .none, process.number)
    process.called = nil
    process.completion = nil
    process.last = Exchange(called, read)
    guard read.kind == .info else { return }
    process.last = nil
    process.number = nextProcess
    nextProcess += 1
  }

  private mutating func end() {
    now += 2_000
    switch workload.ending(after: sequence) {
    case .nothing: break
    case .everyReplica(let invocations):
      for node in ["a", "b"] {
        for invocation in invocations { _ = ask(invocation, at: node) }
      }
    case .drain(let invocations):
      for invocation in invocations { while ask(invocation, at: "a") != .none {} }
    }
  }

  private mutating func ask(_ invocation: Invocation, at node: String) -> Payload {
    now += 1
    record(.invoke, invocation, invocation.argument, nextProcess, at: node)
    let result = service.carryOut(invocation, of: kind, at: now, isCopy: node == "b")
    let read = workload.reading(result.map { .ok($0) } ?? .fail("declined"), of: invocation)
    now += 1
    record(read.kind, invocation, read.result, nextProcess, at: node)
    nextProcess += 1
    return read.result
  }

  private mutating func record(
    _ kind: Event.Kind, _ invocation: Invocation, _ value: Payload, _ process: Int32,
    at node: String? = nil
  ) {
    var event = Event(
      process: process, kind: kind, function: builder.function(invocation.function.name),
      value: value.value(in: &builder.values), time: Instant(nanoseconds: Int64(now) * 1_000_000))
    event.key = invocation.key.value(in: &builder.values)
    event.node = node.map { builder.label($0) } ?? .none
    event.isFinal = node != nil
    do { try builder.append(event) } catch { fatalError("\(error)") }
  }
}
