import Checking
import Basics
import Histories
import Testing

@testable import Checkers

/// Runs of a simulated system that keeps every promise, and the same with one thing broken.
struct PlantedViolationTests {
  /// A checker, and a run of a correct system for it.
  struct Legal: Sendable, CustomTestStringConvertible {
    let checker: String
    var settings: [String: String] = [:]
    let generate: @Sendable (inout Chance) -> HistorySketch

    var testDescription: String { checker }
  }

  /// A set, a counter and a queue whose operations take effect at one moment within their times.
  static let legal: [Legal] = [
    Legal(checker: "set", generate: { Simulated.set(&$0) }),
    Legal(checker: "set-full", settings: ["linearizable": "true"]) { Simulated.set(&$0) },
    Legal(checker: "no-lost-writes", settings: ["replicas": "every"]) { Simulated.set(&$0) },
    Legal(checker: "causal-reverse", generate: { Simulated.set(&$0) }),
    Legal(checker: "staleness", settings: ["bound": "0"]) { Simulated.set(&$0) },
    Legal(checker: "converges", generate: { Simulated.set(&$0) }),
    Legal(checker: "counter", generate: { Simulated.counter(&$0) }),
    Legal(checker: "monotonic", generate: { Simulated.counter(&$0) }),
    Legal(checker: "total-queue", generate: { Simulated.queue(&$0) }),
    Legal(checker: "bank", generate: { Simulated.bank(&$0) }),
    Legal(checker: "unique-ids", settings: ["structure": "snowflake"]) {
      Simulated.identifiers(&$0)
    },
    Legal(checker: "staleness", settings: ["bound": "0"]) { Simulated.registers(&$0) },
    Legal(checker: "read-your-writes", generate: { Simulated.registers(&$0) }),
    Legal(checker: "monotonic-reads", generate: { Simulated.registers(&$0) }),
    Legal(checker: "monotonic-writes", generate: { Simulated.registers(&$0) }),
    Legal(checker: "writes-follow-reads", generate: { Simulated.registers(&$0) }),
  ]

  @Test(arguments: legal) func aLegalRunIsNeverInvalid(_ legal: Legal) throws {
    var validCount = 0
    for seed in UInt64(0)..<60 {
      var chance = Chance(seed: seed)
      let history = legal.generate(&chance).history()
      let found = try finding(legal.checker, history, legal.settings)
      #expect(found.verdict != .invalid, "seed \(seed): \(found.summary)")
      if found.verdict == .valid { validCount += 1 }
    }
    #expect(validCount > 40, "the runs say too little")
  }

  @Test(arguments: legal) func otherProcessesAndValuesKeepTheVerdict(_ legal: Legal) throws {
    for seed in UInt64(0)..<30 {
      var chance = Chance(seed: seed)
      let sketch = legal.generate(&chance)
      let broken = sketch.losing(one: &chance)
      for original in [sketch, broken] {
        let before = try finding(legal.checker, original.history(), legal.settings)
        let renamed = original.renamed(values: !["bank", "counter"].contains(legal.checker))
        guard legal.checker != "unique-ids", legal.checker != "monotonic" else { continue }
        let after = try finding(legal.checker, renamed.history(), legal.settings)
        #expect(before.verdict == after.verdict, "seed \(seed): \(before.summary)")
        #expect(before.kinds == after.kinds, "seed \(seed)")
      }
    }
  }

  @Test(arguments: legal) func widerIntervalsNeverCondemn(_ legal: Legal) throws {
    guard !SessionTests.guarantees.contains(legal.checker) else { return }
    for seed in UInt64(0)..<30 {
      var chance = Chance(seed: seed)
      let sketch = legal.generate(&chance)
      // Which read is the last one may change, and with it what the set is judged by.
      for original in [sketch, legal.checker == "set" ? sketch : sketch.losing(one: &chance)] {
        let before = try finding(legal.checker, original.history(), legal.settings)
        let wider = original.widened(&chance)
        let after = try finding(legal.checker, wider.history(), legal.settings)
        #expect(
          before.verdict == .invalid || after.verdict != .invalid, "seed \(seed): \(after.summary)")
      }
    }
  }

  @Test(arguments: ["set", "no-lost-writes", "set-full"])
  func aPlantedLossOrStrangerIsNeverValid(checker: String) throws {
    for seed in UInt64(0)..<60 {
      var chance = Chance(seed: seed)
      let sketch = Simulated.set(&chance)
      for plant in ["lost", "foreign", "failed", "duplicate"] {
        var broken = sketch
        guard broken.plant(plant, &chance) else { continue }
        if plant == "duplicate" && checker == "no-lost-writes" { continue }
        let found = try finding(checker, broken.history())
        #expect(found.verdict == .invalid, "seed \(seed), \(plant): \(found.summary)")
      }
    }
  }

  @Test func aPlantedDuplicateIdentifierIsNeverValid() throws {
    for seed in UInt64(0)..<60 {
      var chance = Chance(seed: seed)
      var sketch = Simulated.identifiers(&chance)
      let (a, b) = (Int(chance.next() % 20), Int(chance.next() % 20) + 20)
      sketch.lines[a].result = sketch.lines[b].result
      #expect(try finding("unique-ids", sketch.history()).verdict == .invalid, "seed \(seed)")
    }
  }

  @Test func aPlantedStaleReadIsNeverValid() throws {
    for seed in UInt64(0)..<60 {
      var chance = Chance(seed: seed)
      var sketch = Simulated.registers(&chance)
      // Long after everything, a process writes twice and reads the first; and reads it again.
      sketch.call(77, "write", 9001, at: 5000, key: 0)
      sketch.call(77, "write", 9002, at: 5010, key: 0)
      sketch.call(77, "read", nil, 9002, at: 5020, key: 0)
      sketch.call(77, "read", nil, 9001, at: 5030, key: 0)
      let history = sketch.history()
      for checker in SessionTests.guarantees where checker != "writes-follow-reads" {
        #expect(try finding(checker, history).verdict == .invalid, "seed \(seed) \(checker)")
      }
      let bound = ["bound": "10ms"]
      #expect(try finding("staleness", history, bound).verdict == .invalid, "seed \(seed)")
    }
  }

  @Test func aPlantedQueueViolationIsNeverValid() throws {
    for seed in UInt64(0)..<60 {
      for plant in ["lost", "duplicate", "foreign"] {
        var chance = Chance(seed: seed)
        var sketch = Simulated.queue(&chance)
        let taken = sketch.lines.indices.filter {
          sketch.lines[$0].function == "dequeue" && sketch.lines[$0].outcome == .ok
        }
        guard let place = taken.first else { continue }
        switch plant {
        case "lost": sketch.lines.remove(at: place)
        case "duplicate": sketch.lines.append(sketch.lines[place].repeated(at: 9000))
        default: sketch.lines[place].result = 4242
        }
        // What was taken may have been put in by a call of unknown outcome: then nothing is lost.
        let found = try finding("total-queue", sketch.history())
        let isHarmless = plant == "lost" && found.verdict == .valid
        #expect(found.verdict == .invalid || isHarmless, "seed \(seed) \(plant)")
        if isHarmless { #expect(sketch.lines.contains { $0.outcome == .info }) }
      }
    }
  }

  @Test func aPlantedWrongSumIsNeverValid() throws {
    for seed in UInt64(0)..<60 {
      var chance = Chance(seed: seed)
      var counter = Simulated.counter(&chance)
      counter.call(0, "read", nil, 100_000, at: 9000)
      #expect(try finding("counter", counter.history()).verdict == .invalid, "seed \(seed)")
      counter.call(0, "read", nil, -1, at: 9100)
      #expect(try finding("monotonic", counter.history()).verdict == .invalid, "seed \(seed)")
      var bank = Simulated.bank(&chance)
      bank.call(0, "read", nil, [0: 100, 1: 100, 2: 101], at: 9000)
      #expect(try finding("bank", bank.history()).verdict == .invalid, "seed \(seed)")
    }
  }
}
