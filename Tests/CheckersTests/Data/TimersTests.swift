import Basics
import Checking
import Histories
import Testing

@testable import Checkers

@Suite struct TimersTests {
  /// Timers 1 and 2 are due between 100 and 102, 3 fails to be set, 4 may be set.
  private func sketch(_ fired: Sketched, at moment: Double = 200) -> HistorySketch {
    var sketch = HistorySketch()
    sketch.call(0, "set", [1, 100], at: 0)
    sketch.call(1, "set", [2, 100], at: 1)
    sketch.call(2, "set", [3, 100], nil, .fail, at: 2)
    sketch.call(3, "set", [4, 100], nil, .info, at: 3)
    sketch.call(4, "fired", nil, [], at: 90)
    sketch.call(5, "fired", nil, fired, at: moment)
    return sketch
  }

  @Test(arguments: [[1, 2], [2, 1, 4]] as [Sketched])
  func whatFiresOnceIsAccepted(fired: Sketched) throws {
    let found = try finding("timers", sketch(fired).history())
    #expect(found.verdict == .valid, "\(found.summary)")
  }

  @Test(
    arguments: [
      ([1], "never fired"), ([1, 2, 2], "duplicate"), ([1, 2, 9], "foreign"),
      ([1, 2, 3], "failed but visible"),
    ] as [(Sketched, String)])
  func everyViolationIsRefused(fired: Sketched, kind: String) throws {
    #expect(try finding("timers", sketch(fired).history()).kinds == [kind])
  }

  @Test func howOftenIsAsPromised() throws {
    let (missed, repeated) = (sketch([1]).history(), sketch([1, 2, 2]).history())
    for (firing, ofMissed, ofRepeated) in [
      ("at-least-once", ["never fired"], []), ("at-most-once", [], ["duplicate"]),
      ("exactly-once", ["never fired"], ["duplicate"]),
    ] {
      #expect(try finding("timers", missed, ["firing": firing]).kinds == ofMissed)
      #expect(try finding("timers", repeated, ["firing": firing]).kinds == ofRepeated)
    }
  }

  @Test func aTimerIsEarlyIfAReadThatShowsItIsOverBeforeItCanBeDue() throws {
    var sketch = sketch([1, 2])
    sketch.call(6, "fired", nil, [1], at: 95, took: 4)
    #expect(try finding("timers", sketch.history()).kinds == ["early"])
    sketch.lines[sketch.lines.count - 1].end = 100
    #expect(try finding("timers", sketch.history()).verdict == .valid)
  }

  @Test func aTimerIsLateIfAReadLacksItThatBeganAfterTheBound() throws {
    var sketch = sketch([1, 2])
    sketch.call(6, "fired", nil, [2], at: 151)
    #expect(try finding("timers", sketch.history()).verdict == .valid)
    #expect(try finding("timers", sketch.history(), ["within": "50ms"]).verdict == .valid)
    let found = try finding("timers", sketch.history(), ["within": "49ms"])
    #expect(found.kinds == ["late"] && found.evidence[0].operations == [0, 5])
  }

  @Test func whatWasNotDueByTheLastReadSaysNothing() throws {
    var sketch = sketch([1, 2])
    sketch.call(6, "set", [7, 1_000], at: 150)
    let found = try finding("timers", sketch.history())
    #expect(found.verdict == .valid && found.figures["notDue"] == .integer(1 as Int64))
  }

  @Test func whatOneReplicaShowsHasFired() throws {
    var sketch = sketch([1, 2])
    sketch.call(6, "fired", nil, [1], at: 210, node: "b", isFinal: true)
    #expect(try finding("timers", sketch.history()).verdict == .valid)
    #expect(try finding("timers", sketch.history(), ["within": "10ms"]).kinds == ["late"])
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    #expect(try finding("timers", HistorySketch().history()).verdict == .unknown)
    var unread = HistorySketch()
    unread.call(0, "set", [1, 10])
    #expect(try finding("timers", unread.history()).verdict == .unknown)
    #expect(try finding("timers", sketch([], at: 95).history()).verdict == .unknown)
    var timeless = sketch([1, 2])
    timeless.hasTimes = false
    #expect(try finding("timers", timeless.history()).verdict == .unknown)
  }
}

/// The definition, timer by timer and read by read, on small random histories.
@Suite struct TimersOracleTests {
  private func random(_ chance: inout Chance) -> HistorySketch {
    var sketch = HistorySketch()
    for timer in Int64(0)..<5 {
      let outcome: Histories.Operation.Outcome = [.ok, .ok, .info, .fail][Int(chance.next() % 4)]
      sketch.call(
        Int(timer), "set", [.integer(timer), .integer(Int64(chance.next() % 40))], nil, outcome,
        at: Double(chance.next() % 30), took: Double(1 + chance.next() % 10))
    }
    for read in 0..<5 {
      let list = (0..<Int(chance.next() % 6)).map { _ in
        Sketched.integer(Int64(chance.next() % 6))
      }
      sketch.call(
        10 + read, "fired", nil, .list(list), at: Double(20 + chance.next() % 80),
        took: Double(1 + chance.next() % 10), isFinal: read == 4)
    }
    return sketch
  }

  /// The kinds of violation that the history shows.
  private func kinds(_ history: History, within: Int64) -> Set<String> {
    let sets = history.operations.filter { history.name($0.function) == "set" }
    let reads = history.operations.filter { history.name($0.function) == "fired" }
    func count(_ id: Int64, _ read: Histories.Operation) -> Int {
      history.values.elements(read.result)!.filter { history.values.integer($0) == id }.count
    }
    var kinds: Set<String> = []
    if reads.contains(where: { count(5, $0) > 0 }) { kinds.insert("foreign") }
    for set in sets {
      let parts = history.values.elements(set.argument)!.map { history.values.integer($0)! }
      let (id, delay) = (parts[0], parts[1] * 1_000_000)
      let shown = reads.filter { count(id, $0) > 0 }
      if set.outcome == .fail, !shown.isEmpty { kinds.insert("failed but visible") }
      if reads.contains(where: { count(id, $0) > 1 }) { kinds.insert("duplicate") }
      guard set.outcome != .fail else { continue }
      if shown.contains(where: { $0.completed!.nanoseconds < set.invoked.nanoseconds + delay }) {
        kinds.insert("early")
      }
      guard set.outcome == .ok else { continue }
      let due = set.completed!.nanoseconds + delay
      if shown.isEmpty, reads.contains(where: { $0.isFinal && due < $0.invoked.nanoseconds }) {
        kinds.insert("never fired")
      }
      let isLate = reads.contains {
        count(id, $0) == 0 && due + within * 1_000_000 < $0.invoked.nanoseconds
      }
      if isLate, !shown.isEmpty { kinds.insert("late") }
    }
    return kinds
  }

  @Test func itAgreesWithTheDefinitionOnRandomHistories() throws {
    var all: Set<String> = []
    for seed in UInt64(0)..<1_000 {
      var chance = Chance(seed: seed)
      let history = random(&chance).history()
      let expected = kinds(history, within: 10)
      all.formUnion(expected)
      let found = try finding("timers", history, ["within": "10ms"])
      #expect(Set(found.kinds) == expected, "seed \(seed): \(found.summary)")
    }
    #expect(all.count == 6, "\(all)")
  }
}
