import Basics
import TestGround
import Testing

@testable import Statistics

@Suite struct SequentialShareTests {
  /// The first answer of one walk, and after how many trials it came.
  private func walk(
    _ test: SequentialShare, at truth: Double, _ chance: inout Chance
  ) -> (answer: SequentialShare.Answer, trials: Int) {
    var count = 0
    for trials in 1...test.most {
      if chance.roll(Ratio(truth)) { count += 1 }
      let said = test.answer(after: trials, atLeast: count, atMost: count)
      if said != .open { return (said, trials) }
    }
    return (.open, test.most)
  }

  /// At the limit itself, where it is easiest to be wrong, and beyond it.
  @Test(arguments: [(0.05, 100, 0.05), (0.5, 40, 0.05), (0.1, 300, 0.1), (0.05, 59, 0.05)])
  func itErrsNoMoreOftenThanItWasTold(limit: Double, most: Int, error: Double) {
    let test = SequentialShare(limit: limit, most: most, error: error)
    var chance = Chance(seed: Seeds.fresh("\(limit) "))
    let rounds = 4000
    var (smaller, larger) = (0, 0)
    for _ in 0..<rounds {
      if walk(test, at: min(limit * 1.001, 1), &chance).answer == .smaller { smaller += 1 }
      if walk(test, at: limit * 0.999, &chance).answer == .larger { larger += 1 }
    }
    // Five standard deviations of a share of so many rounds.
    let most = error + 5 * (error * (1 - error) / Double(rounds)).squareRoot()
    #expect(Double(smaller) / Double(rounds) < most, "\(smaller)")
    #expect(Double(larger) / Double(rounds) < most, "\(larger)")
  }

  /// Exactly, by every walk there is.
  @Test(arguments: [(0.3, 12, 0.1), (0.5, 10, 0.05), (0.2, 14, 0.2)])
  func theErrorOfEveryWalkTogetherIsWithinIt(limit: Double, most: Int, error: Double) {
    let test = SequentialShare(limit: limit, most: most, error: error)
    var wrong = (smaller: 0.0, larger: 0.0)
    for walk in 0..<(1 << most) {
      let seen = walk.nonzeroBitCount
      var likely = 1.0
      for _ in 0..<seen { likely *= limit }
      for _ in seen..<most { likely *= 1 - limit }
      func ends(_ answer: SequentialShare.Answer) -> Bool {
        (1...most).contains { trials in
          let count = (walk & (1 << trials - 1)).nonzeroBitCount
          return test.answer(after: trials, atLeast: count, atMost: count) == answer
        }
      }
      if ends(.smaller) { wrong.smaller += likely }
      if ends(.larger) { wrong.larger += likely }
    }
    #expect(wrong.smaller <= error + 1e-12 && wrong.larger <= error + 1e-12, "\(wrong)")
    // And most of it is used, or more trials than needed would be asked for.
    #expect(wrong.smaller > error / 3 && wrong.larger > error / 3, "\(wrong)")
  }

  /// Who asks a bound of a fixed number of trials after each of them is wrong far more often: what the type is for.
  @Test func aBoundOfAFixedNumberWouldErr() {
    var chance = Chance(seed: Seeds.fresh())
    let rounds = 600
    let wrong = (0..<rounds).count { _ in
      var count = 0
      return (1...120).contains { trials in
        if chance.roll(Ratio(0.2)) { count += 1 }
        return Binomial.cumulative(count, of: trials, at: 0.2) <= 0.05
      }
    }
    #expect(Double(wrong) / Double(rounds) > 0.09, "\(wrong)")
  }

  @Test(arguments: [(59, 59), (60, 59), (100, 67), (200, 78), (1000, 103)])
  func whatIsNeverSeenTakesSoManyTrials(most: Int, least: Int) {
    let test = SequentialShare(limit: 0.05, most: most, error: 0.05)
    #expect(test.leastTrials == least)
    #expect(test.answer(after: least, atLeast: 0, atMost: 0) == .smaller)
    #expect(test.answer(after: least - 1, atLeast: 0, atMost: 0) == .open)
  }

  @Test func tooFewTrialsNeverSayThatItIsRare() {
    let test = SequentialShare(limit: 0.05, most: 58, error: 0.05)
    #expect(test.leastTrials == nil)
    #expect(test.answer(after: 58, atLeast: 0, atMost: 0) == .open)
    #expect(test.answer(after: 10, atLeast: 10, atMost: 10) == .larger)
    #expect(test.answer(after: 59, atLeast: 59, atMost: 59) == .open, "beyond what was agreed")
  }

  /// What is not known speaks for neither.
  @Test func whatCannotBeToldIsNoEvidence() {
    let test = SequentialShare(limit: 0.5, most: 20, error: 0.05)
    #expect(test.answer(after: 10, atLeast: 0, atMost: 0) == .smaller)
    #expect(test.answer(after: 10, atLeast: 0, atMost: 10) == .open)
    #expect(test.answer(after: 10, atLeast: 10, atMost: 10) == .larger)
  }

  @Test func whatIsPlainIsSaidSoon() {
    let test = SequentialShare(limit: 0.2, most: 200, error: 0.05)
    var chance = Chance(seed: Seeds.fresh())
    let walks = (0..<200).map { _ in walk(test, at: 0.02, &chance) }
    #expect(walks.count { $0.answer == .smaller } > 190)
    #expect(walks.reduce(0) { $0 + $1.trials } / walks.count < 60)
  }
}
