import Basics
import Checking
import Histories
import TestGround
import Testing

@testable import Checkers

/// Whatever a service answers, every checker has a finding: numbers at the ends of their ranges, values
/// that are no numbers, texts of all kinds, lists in lists.
struct HostileValueTests {
  static let functions = [
    "add", "read", "write", "cas", "delete", "generate", "enqueue", "dequeue", "drain", "transfer",
    "txn", "append", "get", "put",
  ]
  static let integers: [Int64] = [
    .min, .min + 1, -1, 0, 1, 2, .max, .max - 1, 1 << 60, -(1 << 60), (1 << 60) - 1, 1 << 62,
    1 << 40,
  ]

  static func value(_ chance: inout Chance, depth: Int = 0) -> Sketched {
    switch chance.next() % (depth < 3 ? 9 : 6) {
    case 0: return .none
    case 1, 2: return .integer(integers[Int(chance.next() % UInt64(integers.count))])
    case 3: return .integer(Int64(bitPattern: chance.next()))
    case 4:
      return .text(["", "x", "17", "\u{ffff}", "9223372036854775808"][Int(chance.next() % 5)])
    case 5: return .symbol(["r", "w", "append", "nil"][Int(chance.next() % 4)])
    case 6: return .list((0..<Int(chance.next() % 5)).map { _ in value(&chance, depth: depth + 1) })
    case 7:
      // As transactions are written.
      return .list(
        (0..<Int(chance.next() % 3)).map { _ in
          .list([
            .symbol(["r", "w", "append"][Int(chance.next() % 3)]), value(&chance, depth: depth + 1),
            value(&chance, depth: depth + 1),
          ])
        })
    default:
      return .map(
        (0..<Int(chance.next() % 3)).map { _ in
          (value(&chance, depth: depth + 1), value(&chance, depth: depth + 1))
        })
    }
  }

  private static func history(_ chance: inout Chance) -> History {
    var sketch = HistorySketch()
    // Few functions at a time, so that what a checker looks for comes about.
    let some = (0..<3).map { _ in functions[Int(chance.next() % UInt64(functions.count))] }
    for process in 0..<Int(2 + chance.next() % 30) {
      sketch.call(
        process, some[Int(chance.next() % 3)], value(&chance), value(&chance),
        [.ok, .ok, .info, .fail][Int(chance.next() % 4)],
        took: chance.next() % 6 == 0 ? nil : Double(chance.next() % 9),
        node: ["a", "b", nil][Int(chance.next() % 3)],
        key: chance.next() % 2 == 0 ? .integer(1) : value(&chance), isFinal: chance.next() % 4 == 0)
    }
    if chance.next() % 2 == 0 { sketch.fault("kill", at: 3, healed: 20, targets: ["a"]) }
    return sketch.history()
  }

  @Test func everyCheckerHasAFindingForEveryValue() throws {
    let seed = Seeds.fresh("hostile values ")
    var chance = Chance(seed: seed)
    let checkers = Catalogue.all.map { $0.name }
    let rounds = Seeds.rounds(400)
    for round in 0..<rounds {
      let history = Self.history(&chance)
      for name in checkers {
        let end = ContinuousClock.now + .seconds(5)
        let budget = Budget(memoryBytes: 256 << 20) { ContinuousClock.now > end }
        let found = try checker(name).judge(history, within: budget)
        #expect(!found.summary.isEmpty, "seed \(seed), round \(round), \(name)")
      }
    }
    print("fuzz values: \(rounds) histories, each through \(checkers.count) checkers")
  }

  private func checker(_ name: String) throws -> any Checker {
    let type = try #require(Catalogue.checker(named: name))
    let texts = (EveryCheckerTests.required[name] ?? [:]).map { ($0.key, $0.value) }
    return try type.init(Settings(texts, of: type.schema))
  }
}
