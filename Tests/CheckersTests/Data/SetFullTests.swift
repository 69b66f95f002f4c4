import Checking
import Basics
import Histories
import Testing

@testable import Checkers

struct SetFullTests {
  @Test func elementsThatStayAreAccepted() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1)
    sketch.call(1, "read", nil, [1])
    sketch.call(0, "add", 2)
    sketch.call(1, "read", nil, [2, 1])
    sketch.call(0, "add", 3)
    let found = try finding("set-full", sketch.history())
    #expect(found.verdict == .valid, "\(found.summary)")
    #expect(found.figures["stable"] == .integer(2 as Int64))
    #expect(found.figures["neverRead"] == .integer(1 as Int64))
  }

  @Test func anElementThatDisappearsIsLost() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1)
    sketch.call(1, "read", nil, [1])
    sketch.call(1, "read", nil, [])
    let found = try finding("set-full", sketch.history())
    #expect(found.kinds == ["lost"])
    #expect(found.evidence[0].operations == [0, 2])
  }

  @Test func anElementOfAnUnknownAdditionThatWasReadMustStay() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1, nil, .info)
    sketch.call(1, "read", nil, [1])
    sketch.call(1, "read", nil, [])
    let found = try finding("set-full", sketch.history())
    #expect(found.kinds == ["lost"])
    #expect(found.evidence[0].operations == [0, 1, 2])
  }

  @Test func aStaleReadIsReportedAndRefusedWhenAsked() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1)
    sketch.call(1, "read", nil, [])
    sketch.call(1, "read", nil, [1])
    let found = try finding("set-full", sketch.history())
    #expect(found.verdict == .valid)
    #expect(found.figures["stale"] == [1])
    let strict = try finding("set-full", sketch.history(), ["linearizable": "true"])
    #expect(strict.kinds == ["stale"])
    #expect(strict.evidence[0].operations == [0, 1])
  }

  @Test func aReadConcurrentWithTheAdditionMayLackIt() throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1, at: 0, took: 10)
    sketch.call(1, "read", nil, [], at: 5, took: 10)
    sketch.call(1, "read", nil, [1], at: 20)
    let found = try finding("set-full", sketch.history(), ["linearizable": "true"])
    #expect(found.verdict == .valid)
  }

  @Test(
    arguments: [
      ([1, 1], "duplicate"), ([1, 7], "foreign"), ([1, 8], "failed but visible"),
      ([1, 9], "early"),
    ] as [(Sketched, String)])
  func whatMustNotBeReadIsRefused(read: Sketched, kind: String) throws {
    var sketch = HistorySketch()
    sketch.call(0, "add", 1)
    sketch.call(0, "add", 8, nil, .fail)
    sketch.call(1, "read", nil, read)
    sketch.call(0, "add", 9)
    sketch.call(1, "read", nil, read)
    let found = try finding("set-full", sketch.history())
    #expect(found.verdict == .invalid)
    #expect(found.kinds.contains(kind), "\(found.kinds)")
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    #expect(try finding("set-full", HistorySketch().history()).verdict == .unknown)
    var unread = HistorySketch()
    unread.call(0, "add", 1)
    #expect(try finding("set-full", unread.history()).verdict == .unknown)
    var empty = HistorySketch()
    empty.call(0, "read", nil, [])
    #expect(try finding("set-full", empty.history()).verdict == .unknown)
  }

  /// The definition, word for word, in time quadratic in everything.
  private func bruteForce(_ history: History) -> (lost: Set<Int64>, stale: Set<Int64>) {
    let reads = history.operations.filter {
      history.name($0.function) == "read" && $0.outcome == .ok
    }
    func has(_ read: Histories.Operation, _ value: Int64) -> Bool {
      history.values.elements(read.result)!.contains { history.values.integer($0) == value }
    }
    var lost: Set<Int64> = []
    var stale: Set<Int64> = []
    for add in history.operations where history.name(add.function) == "add" {
      let value = history.values.integer(add.argument)!
      let firstRead = reads.filter { has($0, value) }.map(\.completionIndex).min() ?? .max
      let known = min(add.outcome == .ok ? add.completionIndex : .max, firstRead)
      let absent = reads.filter { $0.invocationIndex > known && !has($0, value) }
      guard let last = absent.map(\.invocationIndex).max() else { continue }
      let isSeenAgain = reads.contains { has($0, value) && $0.completionIndex > last }
      if isSeenAgain { stale.insert(value) } else { lost.insert(value) }
    }
    return (lost, stale)
  }

  @Test func itAgreesWithTheDefinitionOnRandomHistories() throws {
    for seed in UInt64(0)..<300 {
      var chance = Chance(seed: seed)
      var sketch = HistorySketch()
      var added: [Int] = []
      for step in 0..<20 {
        let start = Double.random(in: 0..<40, using: &chance)
        let took = Double.random(in: 0..<10, using: &chance)
        if Bool.random(using: &chance) {
          added.append(step)
          let outcome: Histories.Operation.Outcome = chance.next() % 4 == 0 ? .info : .ok
          sketch.call(step, "add", .integer(Int64(step)), nil, outcome, at: start, took: took)
        } else {
          let visible = added.filter { _ in chance.next() % 3 != 0 }
          sketch.call(step, "read", nil, .integers(visible), at: start, took: took)
        }
      }
      let history = sketch.history()
      let found = try finding("set-full", history)
      let expected = bruteForce(history)
      func values(_ name: String) -> Set<Int64> {
        guard case .array(let values)? = found.figures[name] else { return [] }
        return Set(values.compactMap { if case .integer(let value) = $0 { value } else { nil } })
      }
      if found.figures["lost"] == nil {
        #expect(expected.lost.isEmpty, "seed \(seed)")
        continue
      }
      #expect(values("lost") == expected.lost, "seed \(seed)")
      #expect(values("stale") == expected.stale, "seed \(seed)")
    }
  }
}
