import Basics
import Checking
import Histories
import TestGround
import Testing

@testable import Checkers

/// The counter's checker against every choice of the additions that a read may have seen.
struct CounterJudgeTests {
  /// The choices, one by one.
  private struct Exact {
    let calls: [SmallCall]
    let initial: Int

    /// The places of the reads that no choice explains.
    var impossible: [Int] {
      calls.byKey.flatMap { group in
        group.filter { place, call in
          guard call.function == "read", call.outcome == .ok, case .one(let value) = call.answer
          else { return false }
          return !canBe(value, call, group.map(\.call))
        }.map(\.place)
      }.sorted()
    }

    /// Some read succeeded with what is no number.
    var isGarbled: Bool {
      calls.contains { $0.function == "read" && $0.outcome == .ok && $0.answer == .nothing }
    }

    var isVacuous: Bool {
      !["read", "add"].allSatisfy { name in
        calls.contains { $0.function == name && $0.outcome == .ok }
      }
    }

    private func canBe(_ value: Int, _ read: SmallCall, _ group: [SmallCall]) -> Bool {
      let additions = group.filter {
        $0.function == "add" && $0.outcome != .fail && $0.began < read.ended
      }
      return (0..<1 << additions.count).contains { choice in
        var sum = initial
        for (place, addition) in additions.enumerated() {
          let isTaken = choice >> place & 1 == 1
          let isDone = addition.outcome == .ok && addition.ended < read.began
          if isDone && !isTaken { return false }
          if isTaken { sum += addition.argument ?? 0 }
        }
        return sum == value
      }
    }

    var verdict: Verdict { !impossible.isEmpty ? .invalid : isGarbled ? .unknown : .valid }
  }

  /// A counter under one key or two, whose answers are made up now and then.
  private func random(
    _ count: Int, _ initial: Int, _ noise: Ratio, _ chance: inout Chance
  ) -> [SmallCall] {
    let run = SmallRun(count: count, &chance)
    let spread = [3, 9, 100_000][chance.below(3)]
    let hasKeys = chance.roll(Ratio(0.2))
    var calls = run.spans.map { span in
      let isRead = chance.roll(Ratio(0.4))
      var call = SmallCall(
        isRead ? "read" : "add", span,
        argument: isRead ? nil : chance.below(2 * spread + 1) - spread)
      call.key = hasKeys ? chance.below(2) : nil
      return call
    }
    var sums: [Int?: Int] = [:]
    for place in run.effects {
      let key = calls[place].key
      sums[key, default: initial] += calls[place].argument ?? 0
      guard calls[place].function == "read", calls[place].outcome == .ok else { continue }
      calls[place].answer = .one(sums[key, default: initial])
      guard chance.roll(noise) else { continue }
      calls[place].answer =
        chance.below(12) == 0
        ? .nothing : .one(sums[key, default: initial] + [-spread, -1, 1, 2][chance.below(4)])
    }
    return calls
  }

  /// A thousand histories, or as many times as many as `FAULTLINE_PROOF_ROUNDS` says.
  @Test func everyVerdictIsTheExactOne() throws {
    let seed = Seeds.fresh("counter ")
    var chance = Chance(seed: seed)
    var tally = JudgeTally()
    let rounds = Seeds.rounds(1000, by: Seeds.proofVariable)
    for round in 0..<rounds {
      let initial = [0, 7][round % 2]
      let noise = Ratio([0, 0.1, 0.4][round % 3])
      let calls = random(round.smallSize, initial, noise, &chance)
      let exact = Exact(calls: calls, initial: initial)
      let found = try finding(
        "counter", HistorySketch(calls).history(), ["initial": "\(initial)"])
      #expect(noise > .none || exact.verdict == .valid, "seed \(seed), \(round): \(calls)")
      if let wrong = tally.compare(found.verdict, exact.verdict, isVacuous: exact.isVacuous) {
        Issue.record("seed \(seed), \(round): \(wrong): \(found.summary)\(calls)")
      }
      // The evidence is of the reads that are impossible, and of no others.
      #expect(found.evidence.flatMap(\.operations).sorted() == exact.impossible, "seed \(seed)")
      if tally["wrong"] > 5 { break }
    }
    print("\(rounds) histories of counters:", tally.words)
    #expect(tally["valid"] > rounds / 4 && tally["invalid"] > rounds / 20)
  }
}

extension Int {
  /// How many operations the history of a round has: few as a rule, and up to a dozen.
  var smallSize: Int { self % 20 == 0 ? 8 + self / 20 % 5 : 2 + self % 7 }
}
