import Basics
import Checking
import Histories
import TestGround
import Testing

@testable import Checkers

/// The checker of sets against every choice of what each final read may have seen of each addition.
struct SetJudgeTests {
  /// A thousand histories, or as many times as many as `FAULTLINE_PROOF_ROUNDS` says.
  @Test(arguments: ["every", "any"]) func everyVerdictIsTheExactOne(replicas: String) throws {
    let seed = Seeds.fresh("\(replicas) ")
    var sets = SmallSets(chance: Chance(seed: seed), isAny: replicas == "any")
    var tally = JudgeTally()
    let rounds = Seeds.rounds(500, by: Seeds.proofVariable)
    for round in 0..<rounds {
      let noise = Ratio([0, 0.15, 0.5][round % 3])
      let mayRepeat = round % 5 == 0
      let calls = sets.next(round.smallSize, noise)
      let exact = ExactSet(calls, isAny: replicas == "any", mayRepeat: mayRepeat)
      let found = try finding(
        "set", HistorySketch(calls).history(),
        ["replicas": replicas, "duplicates": "\(mayRepeat)"])
      // With any replica, one that nobody asked may be the only one that has it.
      let isTrue = noise == .none && replicas == "every"
      #expect(!isTrue || exact.verdict != .invalid, "seed \(seed), \(round): \(calls)")
      if let wrong = tally.compare(found.verdict, exact.verdict, isVacuous: exact.isVacuous) {
        Issue.record("seed \(seed), \(round): \(wrong): \(found.summary)\(calls)")
      }
      if tally["wrong"] > 5 { break }
    }
    print("\(rounds) histories of sets, \(replicas):", tally.words)
    #expect(tally["valid"] > rounds / 8 && tally["invalid"] > rounds / 20)
  }
}

/// Small random runs of a set with several replicas, some of whose answers are made up.
struct SmallSets {
  var chance: Chance
  /// Whether an addition reaches some of the replicas only.
  let isAny: Bool

  mutating func next(_ count: Int, _ noise: Ratio) -> [SmallCall] {
    let run = SmallRun(count: count, &chance)
    let hasFinals = chance.roll(Ratio(0.7))
    let nodes = hasFinals ? Array(["a", "b", "c"].prefix(1 + chance.below(3))) : []
    let keys = chance.roll(Ratio(0.2)) ? 2 : 0
    var calls = run.spans.enumerated().map { place, span in
      call(place, span, count, hasFinals, nodes, keys)
    }
    var present: [String: Set<Int>] = [:]
    for place in run.effects {
      let key = calls[place].key ?? 0
      if let element = calls[place].argument {
        for node in holders(nodes) { present["\(node) \(key)", default: []].insert(element) }
      } else if calls[place].outcome == .ok {
        let seen = present["\(calls[place].node ?? "") \(key)", default: []].sorted()
        calls[place].answer = chance.roll(noise) ? disturbed(seen) : .list(seen)
      }
    }
    return calls
  }

  private mutating func call(
    _ place: Int, _ span: SmallRun.Span, _ count: Int, _ hasFinals: Bool, _ nodes: [String],
    _ keys: Int
  ) -> SmallCall {
    let isRead = chance.below(count) <= place
    let element = chance.roll(Ratio(0.3)) ? chance.below(count) : place
    var call = SmallCall(isRead ? "read" : "add", span, argument: isRead ? nil : element)
    call.key = keys > 0 ? chance.below(keys) : nil
    if isRead, let node = nodes.randomElement(using: &chance) {
      call.node = node
      call.isFinal = hasFinals && chance.roll(Ratio(0.7))
    }
    return call
  }

  /// The replicas at which an addition is kept.
  private mutating func holders(_ nodes: [String]) -> [String] {
    guard let one = nodes.randomElement(using: &chance) else { return [""] }
    return isAny ? nodes.filter { $0 == one || chance.roll(Ratio(0.3)) } : nodes
  }

  private mutating func disturbed(_ seen: [Int]) -> SmallCall.Answer {
    switch chance.below(8) {
    case 0: return .nothing
    case 1: return .list(seen + [chance.below(12)])
    case 2: return .list(seen + seen.prefix(1))
    default: return .list(seen.filter { _ in chance.roll(Ratio(0.7)) })
    }
  }
}
