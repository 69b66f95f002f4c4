import Basics
import Checking
import Histories
import Testing

@testable import Checkers

@Suite struct LockTests {
  /// Process 0 holds from 1 to 50 (acquired with token 1), process 1 was refused, process 2 gets it after.
  private func sketch() -> HistorySketch {
    var sketch = HistorySketch()
    sketch.call(0, "acquire", 100, 1, at: 0)
    sketch.call(1, "acquire", 101, nil, .fail, at: 10)
    sketch.call(0, "release", [100, 1], nil, at: 50)
    sketch.call(2, "acquire", 102, 2, at: 60)
    return sketch
  }

  @Test func oneHolderAfterAnotherIsAccepted() throws {
    let found = try finding("lock", sketch().history(), ["fencing": "required"])
    #expect(found.verdict == .valid, "\(found.summary)")
    #expect(found.figures["contested"] == .integer(1 as Int64))
  }

  @Test func twoHoldersAtOnceAreRefused() throws {
    var sketch = sketch()
    sketch.call(3, "acquire", 103, 3, at: 70)
    let found = try finding("lock", sketch.history())
    #expect(found.kinds == ["two holders"] && found.evidence[0].operations == [3, 4])
    #expect(found.summary.contains("no `lease` was named"))
  }

  @Test func aHolderCountsNoLongerThanItsLease() throws {
    var sketch = sketch()
    sketch.call(3, "acquire", 103, 3, at: 70)
    #expect(try finding("lock", sketch.history(), ["lease": "11ms"]).verdict == .valid)
    #expect(try finding("lock", sketch.history(), ["lease": "12ms"]).kinds == ["two holders"])
    sketch.hasTimes = false
    #expect(try finding("lock", sketch.history(), ["lease": "11ms"]).verdict == .unknown)
  }

  @Test(arguments: [Histories.Operation.Outcome.ok, .info, .fail])
  func aHoldEndsWhenItsReleaseIsCalledUnlessThatCertainlyDidNotHappen(
    outcome: Histories.Operation.Outcome
  ) throws {
    var sketch = sketch()
    sketch.call(2, "release", [102, 2], nil, outcome, at: 70, took: 50)
    sketch.call(3, "acquire", 103, 3, at: 75)
    #expect(
      try finding("lock", sketch.history()).verdict == (outcome == .fail ? .invalid : .valid))
  }

  /// A number that every acquire completes with may be no token at all, or a broken one.
  @Test func theSameNumberForEveryoneIsAQuestion() throws {
    var sketch = HistorySketch()
    sketch.call(0, "acquire", 100, 1, at: 0)
    sketch.call(1, "acquire", 101, nil, .fail, at: 10)
    sketch.call(0, "release", [100, 1], nil, at: 50)
    sketch.call(2, "acquire", 102, 1, at: 60)
    let found = try finding("lock", sketch.history())
    #expect(found.verdict == .unknown && found.summary.contains("`fencing: required`"))
    #expect(
      try finding("lock", sketch.history(), ["fencing": "required"]).kinds == ["token given twice"])
    #expect(try finding("lock", sketch.history(), ["fencing": "ignored"]).verdict == .valid)
  }

  @Test func anAcquireOfUnknownOutcomeHoldsNothing() throws {
    var sketch = sketch()
    sketch.call(2, "release", [102, 2], at: 70)
    sketch.call(3, "acquire", 103, nil, .info, at: 75)
    sketch.call(4, "acquire", 104, 3, at: 90)
    #expect(try finding("lock", sketch.history()).verdict == .valid)
  }

  /// A process whose hold is over releases what is another's: the classic mistake of a lock without owner.
  @Test func aLateReleaseDoesNotEndTheHoldOfAnother() throws {
    var sketch = sketch()
    sketch.call(0, "release", [100, 1], at: 70)
    sketch.call(3, "acquire", 103, 3, at: 80)
    #expect(try finding("lock", sketch.history()).kinds == ["two holders"])
  }

  @Test func aReleaseByAStrangerEndsWhateverHoldThereIs() throws {
    var sketch = sketch()
    sketch.call(7, "release", nil, at: 70)
    sketch.call(3, "acquire", 103, 3, at: 80)
    #expect(try finding("lock", sketch.history()).verdict == .valid)
  }

  @Test(arguments: [(1, "token given twice"), (0, "token went down"), (2, "token given twice")])
  func aTokenThatDoesNotGoUpIsRefused(token: Int64, kind: String) throws {
    var sketch = sketch()
    sketch.call(2, "release", [102, 2], at: 70)
    sketch.call(3, "acquire", 103, .integer(token), at: 80)
    #expect(try finding("lock", sketch.history()).kinds == [kind])
    #expect(try finding("lock", sketch.history(), ["fencing": "ignored"]).verdict == .valid)
  }

  @Test func acquiresAtTheSameTimeMayHaveTokensInAnyOrder() throws {
    var sketch = sketch()
    sketch.call(2, "release", [102, 2], at: 70)
    sketch.call(3, "acquire", 103, 9, at: 80, took: 20)
    sketch.call(4, "acquire", 104, 8, at: 85, took: 5)
    // Both were acknowledged, so there are two holders; but 8 may have been given before 9.
    #expect(try finding("lock", sketch.history()).kinds == ["two holders"])
  }

  @Test func locksOfOtherKeysAreOthers() throws {
    var sketch = sketch()
    sketch.call(3, "acquire", 103, 1, at: 70, key: 5)
    #expect(try finding("lock", sketch.history()).verdict == .valid)
  }

  @Test func whatIsEchoedIsNoToken() throws {
    var sketch = HistorySketch()
    sketch.call(0, "acquire", 9)
    sketch.call(1, "acquire", 7, nil, .fail)
    sketch.call(0, "release", 9)
    sketch.call(1, "acquire", 7)
    #expect(try finding("lock", sketch.history()).verdict == .valid)
    #expect(try finding("lock", sketch.history(), ["fencing": "required"]).verdict == .unknown)
  }

  @Test func aVacuousHistoryIsUnknown() throws {
    #expect(try finding("lock", HistorySketch().history()).verdict == .unknown)
    var refused = HistorySketch()
    refused.call(0, "acquire", 1, nil, .fail)
    #expect(try finding("lock", refused.history()).verdict == .unknown)
    var alone = HistorySketch()
    for turn in 0..<3 {
      alone.call(0, "acquire", .integer(Int64(turn)), nil)
      alone.call(0, "release", .integer(Int64(turn)), nil)
    }
    #expect(try finding("lock", alone.history()).verdict == .unknown)
  }
}

/// The definition, pair by pair, on small random histories.
@Suite struct LockOracleTests {
  private func random(_ chance: inout Chance) -> HistorySketch {
    var sketch = HistorySketch()
    for process in 0..<4 {
      var clock = Double(chance.next() % 20)
      for _ in 0..<3 {
        let outcome: Histories.Operation.Outcome = [.ok, .ok, .fail, .info][Int(chance.next() % 4)]
        let took = Double(1 + chance.next() % 9)
        let token = Sketched.integer(Int64(chance.next() % 12))
        sketch.call(
          process, "acquire", nil, outcome == .ok ? token : nil, outcome, at: clock, took: took)
        guard outcome != .info else { break }
        clock += took + Double(1 + chance.next() % 9)
        guard outcome == .ok, chance.next() % 4 != 0 else { continue }
        sketch.call(process, "release", nil, at: clock, took: 1)
        clock += 2 + Double(chance.next() % 9)
      }
    }
    return sketch
  }

  /// Operations that got a lock which another process certainly had, by the times alone.
  private func twoHolders(_ history: History, lease: Double?) -> Set<Int> {
    let acquires = history.operations.indices.filter {
      history.name(history.operations[$0].function) == "acquire"
        && history.operations[$0].outcome == .ok
    }
    /// From which event to which event, and until when, it is certainly held.
    func hold(_ position: Int) -> (from: Int32, to: Int32, until: Int64) {
      let one = history.operations[position]
      let end = history.operations.filter {
        $0.process == one.process && $0.invocationIndex > one.completionIndex
          && (history.name($0.function) == "release" || $0.outcome == .ok)
      }.map { history.name($0.function) == "release" ? $0.invocationIndex : $0.completionIndex }
      let until = lease.map { one.invoked.nanoseconds + Int64($0 * 1e6) } ?? .max
      return (one.completionIndex, end.min() ?? .max, until)
    }
    return Set(
      acquires.filter { second in
        let own = hold(second)
        let now = history.operations[second].completed!.nanoseconds
        return now < own.until
          && acquires.contains { first in
            let other = hold(first)
            return history.operations[first].process != history.operations[second].process
              && other.from < own.from && own.from < other.to && now < other.until
          }
      })
  }

  @Test func itAgreesWithTheDefinitionOnRandomHistories() throws {
    var broken = 0
    for seed in UInt64(0)..<500 {
      var chance = Chance(seed: seed)
      let history = random(&chance).history()
      guard history.operations.contains(where: { $0.outcome == .ok }) else { continue }
      for lease in [nil, 15.0] {
        let expected = twoHolders(history, lease: lease)
        broken += expected.isEmpty ? 0 : 1
        let found = try finding(
          "lock", history, lease.map { ["lease": "\(Int($0))ms"] } ?? [:])
        #expect(
          found.figures["twoHolders"] == .integer(Int64(expected.count)),
          "seed \(seed), \(lease as Any)")
      }
    }
    #expect((100...900).contains(broken))
  }

  @Test func tokensAgreeWithTheDefinitionOnRandomHistories() throws {
    for seed in UInt64(0)..<500 {
      var chance = Chance(seed: seed)
      let history = random(&chance).history()
      let given = history.operations.filter {
        history.name($0.function) == "acquire" && $0.outcome == .ok
      }
      func token(_ one: Histories.Operation) -> Int64 { history.values.integer(one.result)! }
      let bad = given.filter { one in
        given.contains { other in
          other.completionIndex < one.completionIndex && token(other) == token(one)
            || other.completionIndex < one.invocationIndex && token(other) > token(one)
        }
      }
      let found = try finding("lock", history, ["fencing": "required"])
      guard !given.isEmpty else { continue }
      #expect(found.figures["badTokens"] == .integer(Int64(bad.count)), "seed \(seed)")
    }
  }
}
