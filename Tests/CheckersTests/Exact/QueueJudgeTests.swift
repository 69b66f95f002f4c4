import Basics
import Checking
import Histories
import TestGround
import Testing

@testable import Checkers

/// The checker of queues against every way in which what came out can be what went in.
struct QueueJudgeTests {
  /// A thousand histories, or as many times as many as `FAULTLINE_PROOF_ROUNDS` says.
  @Test(arguments: ["exactly-once", "at-least-once"])
  func everyVerdictIsTheExactOne(delivery: String) throws {
    let seed = Seeds.fresh("\(delivery) ")
    var queues = SmallQueues(chance: Chance(seed: seed))
    var tally = JudgeTally()
    let rounds = Seeds.rounds(500, by: Seeds.proofVariable)
    for round in 0..<rounds {
      let noise = Ratio([0, 0.15, 0.5][round % 3])
      let choices: [Bool?] = [nil, nil, nil, false, noise > .none ? true : nil]
      let drained = choices[round % 5]
      let calls = queues.next(round.smallSize, noise)
      let exact = ExactQueue(calls, isExactlyOnce: delivery == "exactly-once", drained)
      var settings = ["delivery": delivery]
      settings["drained"] = drained.map { "\($0)" }
      let found = try finding("total-queue", HistorySketch(calls).history(), settings)
      #expect(noise > .none || exact.verdict != .invalid, "seed \(seed), \(round): \(calls)")
      if let wrong = tally.compare(found.verdict, exact.verdict, isVacuous: exact.isVacuous) {
        Issue.record("seed \(seed), \(round), \(settings): \(wrong): \(found.summary)\(calls)")
      }
      if tally["wrong"] > 5 { break }
    }
    print("\(rounds) histories of queues, \(delivery):", tally.words)
    #expect(tally["valid"] > rounds / 20 && tally["invalid"] > rounds / 20)
  }
}

/// Small random runs of a queue, some of whose answers are made up.
struct SmallQueues {
  var chance: Chance

  mutating func next(_ count: Int, _ noise: Ratio) -> [SmallCall] {
    let run = SmallRun(count: count, &chance)
    let keys = chance.roll(Ratio(0.2)) ? 2 : 0
    let hasEnd = chance.roll(Ratio(0.3))
    var calls = run.spans.enumerated().map { call($0, $1, count, keys, hasEnd) }
    var inside: [Int: [Int]] = [:]
    for place in run.effects {
      takeEffect(&calls[place], &inside[calls[place].key ?? 0, default: []])
    }
    for place in calls.indices where calls[place].argument == nil {
      if calls[place].outcome == .fail { calls[place].answer = .nothing }
      if calls[place].outcome == .info { calls[place].answer = told(calls[place]) }
      if calls[place].outcome == .ok, chance.roll(noise) { disturb(&calls[place], count) }
    }
    return calls
  }

  private mutating func call(
    _ place: Int, _ span: SmallRun.Span, _ count: Int, _ keys: Int, _ hasEnd: Bool
  ) -> SmallCall {
    let isPut = chance.roll(Ratio(0.8 - 0.6 * Double(place) / Double(count)))
    let element = chance.roll(Ratio(0.3)) ? chance.below(count) : place
    let take = chance.roll(Ratio(0.2)) ? "drain" : "dequeue"
    var call = SmallCall(isPut ? "enqueue" : take, span, argument: isPut ? element : nil)
    call.key = keys > 0 ? chance.below(keys) : nil
    call.isFinal = hasEnd && !isPut && place * 2 > count && chance.roll(Ratio(0.6))
    return call
  }

  private mutating func takeEffect(_ call: inout SmallCall, _ inside: inout [Int]) {
    if let element = call.argument {
      inside.append(element)
    } else if call.function == "drain" {
      call.answer = .list(inside)
      inside = []
    } else if !inside.isEmpty {
      call.answer = .one(inside.remove(at: chance.below(inside.count)))
    }
  }

  /// What is known of a taking whose outcome is not: of a drain nothing.
  private mutating func told(_ call: SmallCall) -> SmallCall.Answer {
    call.function == "dequeue" && call.ended < .infinity && chance.roll(Ratio(0.5))
      ? call.answer : .nothing
  }

  private mutating func disturb(_ call: inout SmallCall, _ count: Int) {
    switch (call.answer, chance.below(3)) {
    case (.list(let list), 0): call.answer = .list(list + [chance.below(count + 2)])
    case (.list(let list), _): call.answer = .list(Array(list.dropLast()))
    case (_, 0): call.answer = .nothing
    default: call.answer = .one(chance.below(count + 2))
    }
  }
}
