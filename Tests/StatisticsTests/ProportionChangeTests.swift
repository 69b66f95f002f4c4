import Basics
import TestGround
import Testing

@testable import Statistics

@Suite struct ProportionChangeTests {
  /// Fisher's tea: all four cups right of four.
  @Test func theExactProbabilityIsFishers() {
    let tea = ProportionChange(from: Proportion(0, of: 4), to: Proportion(4, of: 4))
    #expect(abs(tea.probabilityOfMore - 1.0 / 70) < 1e-12)
    #expect(abs(tea.probabilityOfFewer - 1) < 1e-12)
    let three = ProportionChange(from: Proportion(1, of: 4), to: Proportion(3, of: 4))
    #expect(abs(three.probabilityOfMore - 17.0 / 70) < 1e-12)
  }

  /// Every way to deal out what was seen.
  @Test func itIsThatOfEveryDeal() {
    var chance = Chance(seed: Seeds.fresh())
    for _ in 0..<200 {
      let (n, m) = (1 + chance.below(6), 1 + chance.below(6))
      let (old, new) = (chance.below(n + 1), chance.below(m + 1))
      let deals = (0..<(1 << (n + m))).filter { $0.nonzeroBitCount == old + new }
      let more = deals.count { ($0 & (1 << m - 1)).nonzeroBitCount >= new }
      let fewer = deals.count { ($0 & (1 << m - 1)).nonzeroBitCount <= new }
      let change = ProportionChange(from: Proportion(old, of: n), to: Proportion(new, of: m))
      #expect(abs(change.probabilityOfMore - Double(more) / Double(deals.count)) < 1e-12)
      #expect(abs(change.probabilityOfFewer - Double(fewer) / Double(deals.count)) < 1e-12)
    }
  }

  /// His own example: 56 of 70 against 48 of 80.
  @Test func theIntervalIsNewcombes() {
    let interval = ProportionChange(from: Proportion(48, of: 80), to: Proportion(56, of: 70))
      .interval()
    #expect(
      abs(interval.lowerBound - 0.0524) < 0.0001 && abs(interval.upperBound - 0.3339) < 0.0001)
  }

  @Test func withoutTrialsNothingIsSaid() {
    let none = ProportionChange(from: Proportion(0, of: 0), to: Proportion(3, of: 3))
    #expect(none.interval() == -1...1 && none.probabilityOfMore == 1)
    let large = ProportionChange(from: Proportion(500, of: 1000), to: Proportion(990, of: 1000))
    #expect(large.probabilityOfMore < 1e-50 && large.probabilityOfFewer > 0.999)
  }

  @Test func theIntervalHoldsAsOftenAsItSays() {
    var chance = Chance(seed: Seeds.fresh())
    let rounds = 2000
    let held = (0..<rounds).count { _ in
      func side(_ truth: Double, _ count: Int) -> Proportion {
        Proportion((0..<count).count { _ in chance.roll(Ratio(truth)) }, of: count)
      }
      return ProportionChange(from: side(0.1, 30), to: side(0.3, 20)).interval().contains(0.2)
    }
    #expect(Double(held) / Double(rounds) > 0.92, "\(held)")
  }
}
