import Basics
import Links
import Testing

/// The shapes of delays, as drawn and as defined, for seeds that are printed on failure.
@Suite struct DistributionTests {
  private static let frames = 20_000

  /// Holds in units of the jitter, of frames so far apart that none waits for another.
  private func deviations(
    _ distribution: DelayDistribution, seed: UInt64, correlation: Double = 0
  ) -> [Double] {
    var link = Link(chance: Chance(seed: seed))
    link.add(
      "slow",
      with {
        $0.delay = .milliseconds(100)
        $0.jitter = .milliseconds(10)
        $0.distribution = distribution
        $0.correlation = Ratio(correlation)
      })
    return (0..<Self.frames).compactMap { number in
      let now = moment(Int64(number) * 1000)
      guard case .delivered(let delivery) = link.admit(at: now, sizeBytes: 60) else { return nil }
      return Double(now.duration(to: delivery.at).nanoseconds - 100_000_000) / 1e7
    }
  }

  @Test(arguments: DelayDistribution.allCases, [1, 42, 2026] as [UInt64])
  func drawnDelaysHaveTheirQuantiles(distribution: DelayDistribution, seed: UInt64) {
    let drawn = deviations(distribution, seed: seed).sorted()
    #expect(drawn.count == Self.frames)
    for share in [0.05, 0.25, 0.5, 0.75, 0.95] {
      let below = drawn.count { $0 <= distribution.deviation(at: share) }
      let slack = 5 * (Double(Self.frames) * share * (1 - share)).squareRoot()
      #expect(abs(Double(below) - Double(Self.frames) * share) < slack, "seed \(seed): \(share)")
    }
    #expect(drawn[0] >= distribution.nearest - 1e-6)
    #expect(drawn[Self.frames - 1] <= Double(distribution.farthest) + 1e-6)
  }

  /// Normal: the standard deviation is the jitter, and the known quantiles. Pareto: the mean is the delay, and what
  /// iproute2's table has at its ends and in the middle.
  @Test func theShapesAreNetems() {
    let normal = [(0.5, 0.0), (0.841_344_7, 1), (0.975, 1.959_964), (0.001, -3.090_232)]
    for (share, value) in normal {
      #expect(abs(DelayDistribution.normal.deviation(at: share) - value) < 0.01)
    }
    #expect(abs(DelayDistribution.pareto.deviation(at: 0) + 2.0 / 3) < 1e-6)
    #expect(abs(DelayDistribution.pareto.deviation(at: 0.875) - 2.0 / 3) < 1e-6)
    #expect(DelayDistribution.pareto.deviation(at: 1) == 4)
    for distribution in DelayDistribution.allCases {
      let drawn = deviations(distribution, seed: 9)
      let mean = drawn.reduce(0, +) / Double(drawn.count)
      #expect(abs(mean) < 0.05, "\(distribution): \(mean)")
    }
  }

  /// Successive delays are alike, and each by itself is drawn as ever.
  @Test(arguments: DelayDistribution.allCases, [0.5, 0.9])
  func aCorrelationKeepsTheShape(distribution: DelayDistribution, correlation: Double) {
    func likeness(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return zip(values, values.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
        / variance
    }
    let drawn = deviations(distribution, seed: 5, correlation: correlation)
    // Of skewed shapes the correlation is a little less than that of the Gaussian numbers behind them.
    #expect((correlation - 0.12...correlation + 0.03).contains(likeness(drawn)))
    #expect(abs(likeness(deviations(distribution, seed: 5))) < 0.04)
    for share in [0.1, 0.5, 0.9] {
      let below = drawn.count { $0 <= distribution.deviation(at: share) }
      #expect(abs(Double(below) / Double(Self.frames) - share) < 0.06)
    }
  }

  @Test(arguments: DelayDistribution.allCases)
  func theOrderIsKept(distribution: DelayDistribution) {
    var link = Link(chance: Chance(seed: 3))
    link.add(
      "slow",
      with {
        $0.delay = .milliseconds(100)
        $0.jitter = .milliseconds(90)
        $0.distribution = distribution
      })
    var last = Instant.start
    for number in 0..<5000 {
      let now = moment(Int64(number))
      guard case .delivered(let delivery) = link.admit(at: now, sizeBytes: 60) else { continue }
      #expect(delivery.at >= last && delivery.at >= now)
      last = delivery.at
    }
  }
}
