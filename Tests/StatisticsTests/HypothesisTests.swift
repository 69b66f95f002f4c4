import Basics
import TestGround
import Testing

@testable import Statistics

@Suite struct HypothesisTests {
  private struct Row {
    let first: [Double]
    let second: [Double]
    let u: Double
    let probability: Double
  }

  /// As the tables of Mann and Whitney have it.
  private static let table: [Row] = [
    Row(first: [1, 2, 3], second: [4, 5, 6], u: 0, probability: 0.1),
    Row(first: [1, 2, 3, 4, 5], second: [6, 7, 8, 9, 10], u: 0, probability: 2.0 / 252),
    Row(first: [1, 2, 3, 5, 6], second: [4, 7, 8, 9, 10], u: 2, probability: 8.0 / 252),
    Row(first: [1, 4], second: [2, 3], u: 2, probability: 1),
  ]

  @Test(arguments: table.indices) func theExactProbabilityIsThatOfTheTable(row: Int) throws {
    let row = Self.table[row]
    let test = try #require(MannWhitney(row.first, row.second))
    #expect(test.u == row.u && test.isExact)
    #expect(abs(test.probability - row.probability) < 1e-12, "\(test)")
  }

  /// Every way to deal a few values out, ties among them, gives the same probability.
  @Test func theExactProbabilityIsThatOfEveryDeal() throws {
    var chance = Chance(seed: Seeds.fresh())
    for _ in 0..<200 {
      let n = 1 + chance.below(5)
      let values = (0..<(n + 1 + chance.below(5))).map { _ in Double(chance.below(6)) }
      let (first, second) = (Array(values[..<n]), Array(values[n...]))
      let test = try #require(MannWhitney(first, second))
      func twiceU(_ deal: Int) -> Int {
        var sum = 0
        for a in values.indices where deal & 1 << a != 0 {
          for b in values.indices where deal & 1 << b == 0 {
            sum += values[a] > values[b] ? 2 : values[a] == values[b] ? 1 : 0
          }
        }
        return sum
      }
      let mean = n * (values.count - n)
      let own = twiceU((1 << n) - 1)
      let deals = (0..<(1 << values.count)).filter { $0.nonzeroBitCount == n }
      let far = deals.count { (twiceU($0) - mean).magnitude >= (own - mean).magnitude }
      let more = deals.count { twiceU($0) >= own }
      #expect(abs(test.probabilityOfMore - Double(more) / Double(deals.count)) < 1e-12)
      #expect(test.u == Double(own) / 2)
      #expect(abs(test.probability - Double(far) / Double(deals.count)) < 1e-12)
    }
  }

  /// Where both can be had they say nearly the same.
  @Test func theApproximationIsNearTheExactProbability() throws {
    var chance = Chance(seed: Seeds.fresh())
    for _ in 0..<20 {
      let first = (0..<25).map { _ in Double(chance.below(1000)) }
      let second = (0..<25).map { _ in Double(chance.below(1000) + 100) }
      let exact = try #require(MannWhitney(first, second))
      // One more value, in the middle of all, changes little.
      let middle = (first + second).sorted()[25]
      let approximate = try #require(MannWhitney(first + [middle], second))
      #expect(exact.isExact && !approximate.isExact)
      #expect(abs(exact.probability - approximate.probability) < 0.06)
    }
  }

  /// One-sided, too.
  @Test func moreIsApproximatedAlike() throws {
    let low = (0..<40).map { Double($0) }
    let high = (0..<40).map { Double($0) + 12 }
    let more = try #require(MannWhitney(high, low))
    let fewer = try #require(MannWhitney(low, high))
    #expect(!more.isExact && abs(more.probabilityOfMore * 2 - more.probability) < 1e-9)
    #expect(fewer.probabilityOfMore > 0.99)
  }

  @Test(arguments: [(3, 3, 0.05), (5, 5, 1.0 / 252), (2, 4, 1.0 / 15), (1, 19, 0.05)])
  func theClearestAnswerIsSoLikelyByChance(first: Int, second: Int, probability: Double) throws {
    #expect(abs(MannWhitney.leastProbability(first, second) - probability) < 1e-12)
    let test = try #require(
      MannWhitney((0..<first).map { Double($0) + 100 }, (0..<second).map { Double($0) }))
    #expect(abs(test.probabilityOfMore - probability) < 1e-12)
  }

  @Test func soManyValuesAreNeeded() {
    #expect(MannWhitney.leastSample(probability: 0.05) == 3)
    #expect(MannWhitney.leastSample(probability: 0.05 / 14) == 6)
    #expect(MannWhitney.leastProbability(0, 5) == 1)
  }

  @Test func equalValuesDoNotDiffer() throws {
    let same = try #require(MannWhitney([3, 3, 3], [3, 3]))
    #expect(same.probability == 1 && same.superiority == 0.5)
    let many = try #require(
      MannWhitney(Array(repeating: 3, count: 40), Array(repeating: 3, count: 40)))
    #expect(many.probability == 1)
    #expect(MannWhitney([], [1]) == nil && MannWhitney([.nan], [1]) == nil)
  }

  /// Holm's own way: the smallest is held against all, the next against all but one.
  @Test func severalQuestionsCost() {
    let adjusted = Holm.adjusted([0.01, 0.04, 0.03, 0.005])
    for (one, other) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) {
      #expect(abs(one - other) < 1e-12)
    }
    #expect(Holm.adjusted([0.9, 0.8]) == [1, 1])
    #expect(Holm.adjusted([]).isEmpty)
  }

  /// Wald's bounds: errors are no more frequent than asked for, and a decision comes soon.
  @Test(arguments: [(0.95, 0.19), (0.5, 0.1), (0.1, 0.02)])
  func aSequentialTestErrsAsRarelyAsItWasTold(high: Double, low: Double) {
    let test = SequentialTest(high: high, low: low, falselyHigh: 0.2, falselyLow: 0.1)
    var chance = Chance(seed: Seeds.fresh("\(high) "))
    func share(of answer: SequentialTest.Answer, at truth: Double) -> Double {
      let rounds = 2000
      let given = (0..<rounds).count { _ in
        var (count, trials) = (0, 0)
        while true {
          let said = test.answer(Proportion(count, of: trials))
          if said != .open || trials > 400 { return said == answer }
          trials += 1
          if chance.roll(Ratio(truth)) { count += 1 }
        }
      }
      return Double(given) / Double(rounds)
    }
    #expect(share(of: .low, at: high) < 0.13)
    #expect(share(of: .high, at: low) < 0.24)
  }

  @Test func whatIsCertainTakesOneTrial() {
    let test = SequentialTest(high: 0.95, low: 0.19, falselyHigh: 0.2, falselyLow: 0.1)
    #expect(test.answer(Proportion(0, of: 0)) == .open)
    #expect(test.answer(Proportion(1, of: 1)) == .high)
    #expect(test.answer(Proportion(0, of: 1)) == .low)
  }
}
