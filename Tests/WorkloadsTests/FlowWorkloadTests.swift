import Basics
import Histories
import Testing

@testable import Workloads

/// Workloads whose elements come out as they went in, or fire: queues, messages, timers.
@Suite struct FlowWorkloadTests {
  private func invocations(_ workload: any Workload, _ count: Int = 5_000) -> [Invocation] {
    var chance = Chance(seed: 11)
    return (0..<count).map { workload.invocation($0, after: nil, using: &chance) }
  }

  @Test func whatGoesInIsUniqueAndCarriesTheMark() throws {
    let mark = ElementMark(workload: 3)
    for (workload, function) in [
      (try QueueWorkload(.none, mark: mark) as any Workload, "enqueue"),
      (try MessagesWorkload(.none, mark: mark), "publish"),
    ] {
      let put = invocations(workload).filter { $0.function.name == function }.map(\.argument)
      #expect(Set(put).count == put.count && (2_350...2_650).contains(put.count))
      #expect(put.allSatisfy { ElementMark.workload(of: $0.integer ?? 0) == 3 })
    }
  }

  @Test func theShareThatTakesOutIsTheOneAskedFor() throws {
    let queue = try QueueWorkload(Settings(["dequeues": .ratio(Ratio(0.2))]))
    let out = invocations(queue).filter { $0.function.name == "dequeue" }.count
    #expect((900...1_100).contains(out))
  }

  @Test(arguments: [
    (Payload.none, Completion.ok()), (.integer(7), .ok(.integer(7))),
    (.text("7"), .ok(.integer(7))),
    (.text("x"), .ok(.text("x"))), (.text("07"), .ok(.text("07"))),
  ])
  func aDequeueCompletesWithOneElementOrNothing(said: Payload, completion: Completion) throws {
    let dequeue = Invocation(QueueWorkload.functions[1])
    #expect(try QueueWorkload(.none).reading(.ok(said), of: dequeue) == completion)
  }

  @Test(arguments: [
    (Payload.none, Payload.none), (.integer(7), .integer(7)), (.text("7"), .integer(7)),
    (.map([]), .none),
  ])
  func aDequeueOfUnknownOutcomeMayTellItsElement(said: Payload, result: Payload) throws {
    var completion = Completion.info("timeout")
    completion.result = said
    let read = try QueueWorkload(.none).reading(
      completion, of: Invocation(QueueWorkload.functions[1]))
    #expect(read.kind == .info && read.result == result)
  }

  @Test func whatCameOutAndCannotBeToldIsUnknown() throws {
    let dequeue = Invocation(QueueWorkload.functions[1])
    let consume = Invocation(MessagesWorkload.functions[1], key: .integer(0))
    for said in [Payload.map([]), .flag(true), .list([.list([])])] {
      #expect(try QueueWorkload(.none).reading(.ok(said), of: dequeue).kind == .info)
      #expect(try MessagesWorkload(.none).reading(.ok(said), of: consume).kind == .info)
    }
  }

  @Test(arguments: [
    (Payload.none, Payload.none), (.list([]), .none), (.integer(4), .integers([4])),
    (.texts(["4", "5"]), .integers([4, 5])), (.text("x"), .texts(["x"])),
  ])
  func aConsumeCompletesWithAListOrNothing(said: Payload, result: Payload) throws {
    let consume = Invocation(MessagesWorkload.functions[1], key: .integer(0))
    #expect(try MessagesWorkload(.none).reading(.ok(said, by: "n"), of: consume).result == result)
  }

  @Test func everyKeyIsDrained() throws {
    let workload = try MessagesWorkload(Settings(["keys": .integer(3)]))
    let asked = workload.ending(after: 10)
    #expect(asked.invocations.map(\.key) == (0..<3).map { .integer($0) })
    #expect(asked == .drain(asked.invocations))
  }

  @Test func delaysLieBetweenTheBounds() throws {
    let workload = try TimersWorkload(
      Settings(["shortest": .duration(.milliseconds(5)), "longest": .duration(.milliseconds(8))]))
    let set = invocations(workload).filter { $0.function.name == "set" }
    #expect(Set(set.map { $0.part("delay") }) == Set((5...8).map { Payload.integer($0) }))
    #expect(Set(set.map { $0.part("id") }).count == set.count)
  }

  @Test func aLongestDelayBelowTheShortestIsRefused() throws {
    #expect(throws: WorkloadError.self) {
      try TimersWorkload(Settings(["longest": .duration(.milliseconds(50))]))
    }
    // A shortest above the usual longest is both.
    let workload = try TimersWorkload(Settings(["shortest": .duration(.seconds(3))]))
    let set = invocations(workload, 50).filter { $0.function.name == "set" }
    #expect(set.allSatisfy { $0.part("delay") == .integer(3_000) })
  }

  @Test func timersOfAnotherWorkloadAreLeftOut() throws {
    let workload = try TimersWorkload(.none, mark: ElementMark(workload: 0, others: [1]))
    let fired = Invocation(TimersWorkload.functions[1])
    let said = Payload.integers([1, 100_000_001, 1])
    #expect(workload.reading(.ok(said), of: fired).result == .integers([1, 1]))
    #expect(workload.reading(.ok(.none), of: fired).kind == .fail)
  }
}
