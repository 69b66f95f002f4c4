import Basics
import Checking
import Histories
import Testing

@testable import Checkers

@Suite struct MessagesTests {
  private func sketch(_ deliveries: Sketched..., isDrained: Bool = true) -> HistorySketch {
    var sketch = HistorySketch()
    for value in Int64(1)...3 { sketch.call(0, "publish", .integer(value)) }
    sketch.call(1, "publish", 40, nil, .fail)
    sketch.call(2, "publish", 50, nil, .info)
    for delivery in deliveries { sketch.call(3, "consume", nil, delivery) }
    if isDrained { sketch.call(3, "consume", nil, nil, isFinal: true) }
    return sketch
  }

  @Test(
    arguments: [
      [[1, 2, 3]], [[1], [2, 3]], [1, 2, [3, 50]], [[1, 2, 3, 50]], [[1, 2], [1, 2, 3]],
    ] as [[Sketched]])
  func whatIsDeliveredInOrderIsAccepted(deliveries: [Sketched]) throws {
    var sketch = sketch(isDrained: false)
    for delivery in deliveries { sketch.call(3, "consume", nil, delivery) }
    sketch.call(3, "consume", nil, [])
    let found = try finding("messages", sketch.history())
    #expect(found.verdict == .valid, "\(found.summary)")
  }

  @Test(
    arguments: [
      ([1, 2], "lost"), ([1, 3, 2], "out of order"), ([1, 2, 3, 99], "foreign"),
      ([1, 2, 3, 40], "failed but visible"),
    ] as [(Sketched, String)])
  func everyViolationIsRefused(delivery: Sketched, kind: String) throws {
    #expect(try finding("messages", sketch(delivery).history()).kinds == [kind])
  }

  @Test func theOrderIsThatOfFirstDeliveriesInOneConsumeOrInSeveral() throws {
    #expect(try finding("messages", sketch([1], [3], [2]).history()).kinds == ["out of order"])
    #expect(try finding("messages", sketch([1], [2], [1], [3]).history()).verdict == .valid)
    #expect(
      try finding("messages", sketch([1], [3], [2]).history(), ["ordered": "false"]).verdict
        == .valid)
  }

  @Test func howOftenIsAsPromised() throws {
    let (lossy, repeated) = (sketch([1, 3]).history(), sketch([1, 2, 3], [3]).history())
    for (delivery, ofLossy, ofRepeated) in [
      ("at-least-once", ["lost"], []), ("at-most-once", [], ["duplicate"]),
      ("exactly-once", ["lost"], ["duplicate"]),
    ] {
      let settings = ["delivery": delivery]
      #expect(try finding("messages", lossy, settings).kinds == ofLossy)
      #expect(try finding("messages", repeated, settings).kinds == ofRepeated)
    }
  }

  @Test func whatMayStillWaitIsNotLost() throws {
    let found = try finding("messages", sketch([1, 2], isDrained: false).history())
    #expect(found.verdict == .unknown && found.summary.contains("perhaps waiting still"))
  }

  @Test func aConsumeOfUnknownOutcomeMayHaveBeenDeliveredAnything() throws {
    var lossy = sketch([1], isDrained: false)
    lossy.call(4, "consume", nil, nil, .info)
    lossy.call(3, "consume", nil, nil)
    #expect(try finding("messages", lossy.history()).verdict == .unknown)
    #expect(try finding("messages", lossy.history(), ["redelivers": "true"]).kinds == ["lost"])
    var late = sketch(isDrained: false)
    late.call(4, "consume", nil, nil, .info)
    for message in [1, 3, 2] as [Sketched] { late.call(3, "consume", nil, [message]) }
    late.call(3, "consume", nil, nil)
    #expect(try finding("messages", late.history()).verdict == .unknown)
  }

  @Test func aConsumeOfUnknownOutcomeThatBeganAfterwardsExplainsNoDisorder() throws {
    var sketch = sketch([1], [3], [2], isDrained: false)
    sketch.call(4, "consume", nil, nil, .info)
    sketch.call(3, "consume", nil, nil)
    #expect(try finding("messages", sketch.history()).kinds == ["out of order"])
  }

  @Test func whatWasDeliveredBeforeItWasPublishedIsRefused() throws {
    var sketch = HistorySketch()
    sketch.call(0, "consume", nil, [1])
    sketch.call(1, "publish", 1)
    #expect(try finding("messages", sketch.history()).kinds == ["early"])
  }

  @Test func keysHaveAnOrderEachAndMessagesOfTheirOwn() throws {
    var sketch = HistorySketch()
    sketch.call(0, "publish", 1, key: 0)
    sketch.call(0, "publish", 2, key: 1)
    for key in [1, 0] as [Int64] {
      sketch.call(1, "consume", nil, [.integer(key + 1)], key: .integer(key))
      sketch.call(1, "consume", nil, nil, key: .integer(key))
    }
    #expect(try finding("messages", sketch.history()).verdict == .valid)
    sketch.call(1, "consume", nil, [1], key: 1)
    #expect(try finding("messages", sketch.history()).kinds == ["foreign"])
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    #expect(try finding("messages", HistorySketch().history()).verdict == .unknown)
    #expect(
      try finding("messages", sketch().history(), ["delivery": "at-most-once"]).verdict == .unknown)
  }
}

/// The definition, pair by pair, on small random histories.
@Suite struct MessagesOracleTests {
  private func random(_ chance: inout Chance) -> HistorySketch {
    var sketch = HistorySketch()
    for message in Int64(0)..<6 {
      let outcome: Histories.Operation.Outcome = [.ok, .ok, .ok, .info][Int(chance.next() % 4)]
      sketch.call(
        Int(message), "publish", .integer(message), nil, outcome,
        at: Double(chance.next() % 40), took: Double(1 + chance.next() % 10))
    }
    for process in 10..<16 {
      let list = (0..<Int(chance.next() % 3)).map { _ in
        Sketched.integer(Int64(chance.next() % 6))
      }
      let isUnknown = chance.next() % 12 == 0
      sketch.call(
        process, "consume", nil, isUnknown ? nil : .list(list), isUnknown ? .info : .ok,
        at: 50 + Double(chance.next() % 60), took: Double(1 + chance.next() % 15))
    }
    return sketch
  }

  private struct Delivery {
    let consume: Histories.Operation
    let place: Int

    func isBefore(_ other: Delivery) -> Bool {
      consume.invocationIndex == other.consume.invocationIndex
        ? place < other.place : consume.completionIndex < other.consume.invocationIndex
    }
  }

  /// Whether some delivery is out of order, and whether one certainly is.
  private func disorder(_ history: History) -> (seen: Bool, certain: Bool) {
    let publishes = history.operations.filter { history.name($0.function) == "publish" }
    let consumes = history.operations.filter { history.name($0.function) == "consume" }
    func deliveries(_ message: Histories.Operation) -> [Delivery] {
      consumes.filter { $0.outcome == .ok }.flatMap { consume in
        (history.values.elements(consume.result) ?? []).enumerated().filter {
          history.values.areEqual($0.element, message.argument)
        }.map { Delivery(consume: consume, place: $0.offset) }
      }
    }
    var result = (seen: false, certain: false)
    for first in publishes where first.outcome == .ok {
      let own = deliveries(first)
      for second in publishes where first.completionIndex < second.invocationIndex && !own.isEmpty {
        for other in deliveries(second) where own.allSatisfy({ other.isBefore($0) }) {
          result.seen = true
          let isExplained = consumes.contains {
            $0.outcome == .info && $0.invocationIndex < other.consume.completionIndex
          }
          if !isExplained { result.certain = true }
        }
      }
    }
    return result
  }

  @Test func itAgreesWithTheDefinitionOnRandomHistories() throws {
    var counts = (seen: 0, certain: 0)
    for seed in UInt64(0)..<1_000 {
      var chance = Chance(seed: seed)
      let history = random(&chance).history()
      let expected = disorder(history)
      counts.seen += expected.seen ? 1 : 0
      counts.certain += expected.certain ? 1 : 0
      let found = try finding("messages", history, ["delivery": "at-most-once"])
      #expect(found.kinds.contains("out of order") == expected.certain, "seed \(seed)")
      if found.verdict != .invalid {
        let isDoubted = found.summary.contains("was delivered before")
        #expect(isDoubted == expected.seen, "seed \(seed): \(found.summary)")
      }
    }
    #expect(counts.certain > 100 && counts.seen > counts.certain + 20, "\(counts)")
  }
}
