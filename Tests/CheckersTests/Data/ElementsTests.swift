import Basics
import Histories
import TestGround
import Testing

@testable import Checkers

struct ElementsTests {
  @Test func everyValueHasOneNumberInWhateverOrderTheyCome() {
    let seed = Seeds.fresh()
    var chance = Chance(seed: seed)
    var known: [Int64: Int] = [:]
    var elements = Elements()
    let history = HistoryBuilder().finish()
    for round in 0..<20_000 {
      let limit: Int64 = [100, 3000, 60_000, 1 << 40][round % 4]
      let integer = Int64.random(in: -10...limit, using: &chance)
      guard let value = Value.small(integer) else { continue }
      let number = elements.number(value, history)
      #expect(known[integer] ?? number == number, "seed \(seed): \(integer)")
      #expect(elements.values[number] == value)
      known[integer] = number
    }
    #expect(elements.count == known.count)
  }
}
