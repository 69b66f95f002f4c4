import Basics
import TestGround
import Testing

@testable import Statistics

@Suite struct QuantileTests {
  /// Known since Wilks: the least samples whose largest value bounds a quantile.
  @Test(arguments: [
    (0.95, 0.95, 59), (0.9, 0.95, 29), (0.99, 0.95, 299), (0.5, 0.95, 5), (0.95, 0.9, 45),
    (0.9, 0.9, 22), (0.99, 0.99, 459),
  ])
  func aBoundNeedsSoManyValues(share: Double, confidence: Double, count: Int) {
    let bound = QuantileBound(of: share, confidence: confidence)
    #expect(bound.leastSample() == count)
    #expect(bound.upper(of: Array(1...count)) == count)
    #expect(bound.upper(of: Array(1..<count)) == nil)
  }

  /// One unknown value of 93 does no harm, for the second largest will do there.
  @Test func unknownValuesTakeMore() {
    let bound = QuantileBound(of: 0.95, confidence: 0.95)
    #expect(bound.leastSample(missing: 1) == 93 && bound.leastSample(missing: 2) == 124)
  }

  /// With 93 values the second largest will do for the 95th percentile, with 124 the third.
  @Test(arguments: [(92, 92), (93, 92), (123, 122), (124, 122)])
  func moreValuesBoundMoreClosely(count: Int, upper: Int) {
    let bound = QuantileBound(of: 0.95, confidence: 0.95)
    #expect(bound.upper(of: Array(1...count)) == upper)
  }

  /// The signs of the median: of ten values the second is a bound from below, the ninth from above.
  @Test func theMedianIsBoundedFromBothSides() {
    let bound = QuantileBound(of: 0.5, confidence: 0.95)
    let values = Array((1...10).reversed())
    #expect(bound.lower(of: values) == 2 && bound.upper(of: values) == 9)
    #expect(bound.lower(of: [1, 2, 3, 4]) == nil)
  }

  @Test(arguments: [(0.5, 0.95, 12), (0.9, 0.9, 40), (0.95, 0.95, 80)])
  func boundsHoldAsOftenAsTheySay(share: Double, confidence: Double, count: Int) {
    var chance = Chance(seed: Seeds.fresh("\(share) "))
    let bound = QuantileBound(of: share, confidence: confidence)
    let truth = Int(share * 1_000_000)
    let rounds = 3000
    var (above, below) = (0, 0)
    for _ in 0..<rounds {
      let sample = (0..<count).map { _ in chance.below(1_000_000) }
      if let upper = bound.upper(of: sample), upper >= truth { above += 1 }
      if let lower = bound.lower(of: sample), lower <= truth { below += 1 }
    }
    let least = confidence - 0.025
    #expect(Double(above) / Double(rounds) > least, "\(above) of \(rounds)")
    #expect(Double(below) / Double(rounds) > least, "\(below) of \(rounds)")
  }

  @Test func theBootstrapIsTheSameForTheSameSeed() {
    let sample: [Int64] = [310, 290, 330, 305, 900, 315, 299, 312]
    let first = Bootstrap(seed: 7).interval(ofQuantile: 0.5, sample)
    #expect(first == Bootstrap(seed: 7).interval(ofQuantile: 0.5, sample))
    #expect(Bootstrap(seed: 7).interval(ofQuantile: 0.5, []) == nil)
    #expect(Bootstrap(seed: 7).interval(ofQuantile: 0.5, [4, 4, 4]) == 4...4)
  }

  /// It is known to promise a little too much for small samples.
  @Test func theBootstrapHoldsTheMedianMostly() {
    var chance = Chance(seed: Seeds.fresh())
    var held = 0
    let rounds = 500
    for round in 0..<rounds {
      let sample = (0..<30).map { _ in Int64(chance.below(1_000_000)) }
      let interval = Bootstrap(rounds: 300, seed: UInt64(round))
        .interval(ofQuantile: 0.5, sample)
      if interval?.contains(500_000) == true { held += 1 }
    }
    #expect(Double(held) / Double(rounds) > 0.88, "\(held) of \(rounds)")
  }

  @Test func theChangeOfAMedianHasAnInterval() throws {
    let old: [Double] = [310, 290, 330, 305, 300, 315, 299, 312]
    let interval = try #require(
      Bootstrap(seed: 7).interval(ofChangeOfMedian: old, old.map { $0 + 100 }))
    #expect(interval.contains(100) && interval.lowerBound > 60 && interval.upperBound < 140)
    #expect(Bootstrap(seed: 7).interval(ofChangeOfMedian: [], old) == nil)
    // What never came is longer than anything, and no longer than itself.
    let never = Array(repeating: Double.infinity, count: 3)
    #expect(Bootstrap(seed: 7).interval(ofChangeOfMedian: never, never) == 0...0)
    #expect(
      Bootstrap(seed: 7).interval(ofChangeOfMedian: [1, 1], never) == .infinity ... .infinity)
    #expect(Bootstrap.median([4, 1, 3, 2]) == 2 && Bootstrap.median([]) == nil)
  }
}
