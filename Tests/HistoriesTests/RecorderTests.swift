import Basics
import Foundation
import Synchronization
import Testing

@testable import Histories

/// A clock that moves by one with every look.
final class CountingClock: Sendable {
  private let count = Atomic<Int64>(0)

  func now() -> Instant {
    Instant(nanoseconds: count.wrappingAdd(1, ordering: .relaxed).newValue)
  }
}

@Suite struct RecorderTests {
  private func recorder(isJournaled: Bool = false) -> Recorder {
    let clock = CountingClock()
    return Recorder(isJournaled: isJournaled) { clock.now() }
  }

  private func event(_ process: Int32, _ kind: Event.Kind, _ value: Value) -> Event {
    Event(
      process: process, kind: kind, function: FunctionID(index: 0), value: value, time: .start)
  }

  @Test func timeIsReadWhenTheEventIsTaken() {
    let recorder = recorder()
    #expect(recorder.function("add") == FunctionID(index: 0))
    recorder.record(event(0, .invoke, .none))
    recorder.record(event(1, .invoke, .none), at: Instant(nanoseconds: 1))
    recorder.record { values in event(0, .ok, values.list([.true, values.text("x")])) }
    let history = recorder.history()
    #expect(history.operations.map(\.invoked.nanoseconds) == [1, 1])
    #expect(history.operations[0].completed == Instant(nanoseconds: 2))
    #expect(history.values.describe(history.operations[0].result) == "[true \"x\"]")
    #expect(recorder.counts == Recorder.Counts(invoked: 2, ok: 1, fail: 0, info: 0))
    #expect(recorder.counts.inFlight == 1)
  }

  @Test func threadsRecordTogetherWithoutLosingOrMixing() {
    let recorder = recorder()
    let add = recorder.function("add")
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for number in 0..<500 {
        let value = recorder.value { $0.text("\(thread)-\(number)") }
        var event = Event(
          process: Int32(thread), kind: .invoke, function: add, value: value, time: .start)
        recorder.record(event)
        event.kind = number % 2 == 0 ? .ok : .info
        recorder.record(event)
      }
    }
    let history = recorder.history()
    #expect(recorder.counts == Recorder.Counts(invoked: 2000, ok: 1000, fail: 0, info: 1000))
    #expect(history.operations.allSatisfy { $0.argument == $0.result })
    for thread in 0..<4 {
      let mine = history.operations.filter { $0.process == thread }
      #expect(mine.map { history.values.text($0.argument) } == (0..<500).map { "\(thread)-\($0)" })
    }
    let times = history.operations.map(\.invoked)
    #expect(times == times.sorted())
  }

  @Test func aFaultIsReplacedByWhatBecameOfIt() {
    let recorder = recorder()
    var mark = FaultMark(id: 1, name: "kill", summary: "", targets: ["a"], injected: .start)
    recorder.record(.fault(FaultChange(.injected, mark)))
    mark.confirmed = Instant(nanoseconds: 5)
    recorder.record(.fault(FaultChange(.injected, mark)))
    #expect(recorder.history().faults == [mark])
  }

  @Test func aJournalIsWhatCameSinceTheLastOne() {
    let recorder = recorder(isJournaled: true)
    var journal = Journal()
    _ = recorder.function("add")
    recorder.record { values in event(0, .invoke, values.text("one")) }
    recorder.drain(into: &journal)
    #expect(journal.events.count == 1)
    #expect(journal.functions == ["add"])
    recorder.record { values in
      event(0, .ok, values.list([values.text("two"), values.integer(.max)]))
    }
    recorder.record(.note(about: "x", "y"))
    recorder.drain(into: &journal)
    #expect(journal.events.map { journal.values.describe($0.value) } == ["[\"two\" \(Int64.max)]"])
    #expect(journal.observations.count == 1)
    recorder.drain(into: &journal)
    #expect(journal.isEmpty)
  }

  @Test func aClientThatBreaksTheRulesStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let recorder = Recorder { .start }
      let event = Event(
        process: 0, kind: .ok, function: FunctionID(index: 0), value: .none, time: .start)
      recorder.record(event)
    }
  }
}

@Suite struct ValuesTests {
  @Test func equalBytesAreOneValue() {
    var values = Values()
    let seed: UInt64 = 7
    var chance = Chance(seed: seed)
    var known: [String: Value] = [:]
    for _ in 0..<5_000 {
      let text = String(chance.next() % 2_000, radix: 36)
      let value = values.text(text)
      #expect(known[text, default: value] == value, "seed \(seed)")
      known[text] = value
      #expect(values.text(value) == text)
    }
    #expect(Set(known.values).count == known.count)
    #expect(values.text("e\u{301}") != values.text("\u{e9}"))
    #expect(values.text("x") != values.symbol("x"))
  }

  @Test func membersAreFoundByName() {
    var values = Values()
    let map = values.map([values.symbol("from"), .small(1)!, values.text("to"), .small(2)!])
    #expect(values.member("from", of: map) == .small(1))
    #expect(values.member("to", of: map) == .small(2))
    #expect(values.member("amount", of: map) == nil)
  }
}
