import Basics
import TestGround
import Testing

@testable import Statistics

@Suite struct ProportionTests {
  /// The figures of R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
  /// Medicine 17, 1998, table I, methods 3 and 5.
  @Test(arguments: [
    (81, 263, 0.2553, 0.3662, 0.2527, 0.3676), (15, 148, 0.0624, 0.1605, 0.0578, 0.1617),
    (0, 20, 0.0000, 0.1611, 0.0000, 0.1684), (1, 29, 0.0061, 0.1718, 0.0009, 0.1776),
  ])
  func intervalsAreThoseOfTheTable(
    count: Int, trials: Int, low: Double, high: Double, exactLow: Double, exactHigh: Double
  ) {
    let wilson = Proportion(count, of: trials).wilson()
    #expect(abs(wilson.lowerBound - low) < 0.00006 && abs(wilson.upperBound - high) < 0.00006)
    let exact = Proportion(count, of: trials).exact()
    #expect(abs(exact.lowerBound - exactLow) < 0.00006, "\(exact)")
    #expect(abs(exact.upperBound - exactHigh) < 0.00006, "\(exact)")
  }

  @Test func nothingTriedSaysNothing() {
    let none = Proportion(0, of: 0)
    #expect(none.wilson() == 0...1 && none.exact() == 0...1 && none.share == nil)
  }

  @Test(arguments: [1, 7, 1000]) func whatCameOutAlikeHasAnExactEnd(trials: Int) {
    #expect(Proportion(0, of: trials).wilson().lowerBound == 0)
    #expect(Proportion(trials, of: trials).wilson().upperBound == 1)
  }

  /// By the definition of the binomial distribution: every outcome of a few trials.
  @Test(arguments: 1...12) func theBinomialDistributionIsThatOfEveryOutcome(trials: Int) {
    for p in [0.05, 0.3, 0.5, 0.95] {
      var weights = Array(repeating: 0.0, count: trials + 1)
      for outcome in 0..<(1 << trials) {
        let ones = outcome.nonzeroBitCount
        var weight = 1.0
        for place in 0..<trials { weight *= place < ones ? p : 1 - p }
        weights[ones] += weight
      }
      for count in 0...trials {
        let sum = weights[...count].reduce(0, +)
        #expect(abs(Binomial.cumulative(count, of: trials, at: p) - sum) < 1e-12)
      }
    }
  }

  /// The exact interval always keeps its word, Wilson's on the average over all shares.
  @Test func intervalsHoldTheTrueShareAsOftenAsTheySay() {
    var chance = Chance(seed: Seeds.fresh())
    var (wilson, exact) = (0, 0)
    let rounds = 4000
    for _ in 0..<rounds {
      let share = Ratio(Double(1 + chance.below(98)) / 100)
      let trials = 5 + chance.below(40)
      let count = (0..<trials).count { _ in chance.roll(share) }
      let seen = Proportion(count, of: trials)
      if seen.wilson().contains(share.value) { wilson += 1 }
      if seen.exact().contains(share.value) { exact += 1 }
    }
    // Five standard deviations from 95 %.
    #expect(abs(Double(wilson) / Double(rounds) - 0.95) < 0.02, "\(wilson) of \(rounds)")
    #expect(Double(exact) / Double(rounds) > 0.935, "\(exact) of \(rounds)")
  }

  /// Tables of the normal distribution, as in Abramowitz and Stegun, 26.1.
  @Test(arguments: [
    (0.0, 0.5), (1.0, 0.841344746068543), (1.959963984540054, 0.975),
    (2.575829303548901, 0.995), (-3.0, 0.001349898031630), (5.0, 0.999999713348428),
  ])
  func theNormalDistributionIsThatOfTheTable(z: Double, p: Double) {
    #expect(abs(NormalDistribution.cumulative(z) - p) < 1e-12)
    #expect(abs(NormalDistribution.quantile(p) - z) < 1e-8)
  }
}
