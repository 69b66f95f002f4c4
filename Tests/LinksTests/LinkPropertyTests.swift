import Basics
import Links
import Testing

/// Statistical claims hold within five standard deviations, for seeds that are printed on failure.
struct LinkPropertyTests {
  static let seeds: [UInt64] = [1, 42, 2026, 0xfee1_dead]
  static let frames = 20_000

  @Test(arguments: seeds, [0.001, 0.01, 0.1, 0.5])
  func lossHasItsRate(seed: UInt64, share: Double) {
    let fates = send(seed: seed, .loss(Ratio(share)))
    let lost = fates.count { $0 == .dropped(.loss) }
    #expect(isNear(lost, share), "seed \(seed): \(lost) of \(Self.frames)")
  }

  /// Bursts have the asked length on average, and lose the asked share in all.
  @Test(arguments: seeds, [2.0, 8, 40])
  func burstsHaveTheirShareAndLength(seed: UInt64, length: Double) {
    let share = 0.2
    let fates = send(
      seed: seed,
      with {
        $0.loss = Ratio(share)
        $0.lossBurst = length
      })
    let lost = fates.map { $0 == .dropped(.loss) }
    let bursts = zip(lost, lost.dropFirst()).count { !$0 && $1 }
    let count = lost.count { $0 }
    // Of so few bursts both figures are known to some 5 standard deviations of their number.
    let slack = 5 / Double(bursts).squareRoot()
    #expect(abs(Double(count) / Double(Self.frames) / share - 1) < 1.5 * slack, "seed \(seed)")
    #expect(abs(Double(count) / Double(bursts) / length - 1) < slack, "seed \(seed)")
  }

  @Test(arguments: [100, 1400]) func onlyWhatIsTooLargeIsLost(mtu: Int) {
    var link = Link(chance: Chance(seed: 1))
    link.add("tunnel", with { $0.largestPacket = mtu })
    #expect(link.isPerFrame)
    let fates = [60, mtu + 14, mtu + 15, 1514].map { link.admit(at: .start, sizeBytes: $0) }
    #expect(fates.map { $0 == .dropped(.size) } == [false, false, true, true])
  }

  @Test func aFlappingLinkIsCutAtTheBeginningOfEachPeriod() {
    var link = Link(chance: Chance(seed: 1))
    link.add(
      "flap", with { $0.flapping = .init(period: .milliseconds(100), cut: .milliseconds(30)) })
    let lost = (0..<300).map { millisecond in
      let now = Instant(nanoseconds: Int64(millisecond) * 1_000_000)
      return link.admit(at: now, sizeBytes: 60) == .dropped(.cut)
    }
    #expect(lost.indices.allSatisfy { lost[$0] == ($0 % 100 < 30) })
  }

  @Test(arguments: seeds)
  func duplicationReorderingAndCorruptionHaveTheirRates(seed: UInt64) {
    let deliveries = send(
      seed: seed,
      with {
        $0.duplication = Ratio(0.05)
        $0.reordering = Ratio(0.1)
        $0.corruption = Ratio(0.02)
      }
    ).compactMap(\.delivery)
    #expect(isNear(deliveries.count(where: \.isDuplicated), 0.05), "seed \(seed)")
    #expect(isNear(deliveries.count(where: \.isReordered), 0.1), "seed \(seed)")
    #expect(isNear(deliveries.count { $0.corruption != nil }, 0.02), "seed \(seed)")
  }

  @Test(arguments: seeds)
  func jitterStaysWithinItsBoundsAndCentres(seed: UInt64) throws {
    // One frame a second: none has to wait for another.
    let delays = send(
      seed: seed, .delay(.milliseconds(20), jitter: .milliseconds(5)), every: 1_000_000_000
    ).enumerated().compactMap { index, fate in
      fate.delivery.map { $0.at.nanoseconds - Int64(index) * 1_000_000_000 }
    }
    #expect(try #require(delays.min()) >= 15_000_000, "seed \(seed)")
    #expect(try #require(delays.max()) <= 25_000_000, "seed \(seed)")
    let mean = Double(delays.reduce(0, +)) / Double(delays.count)
    #expect(abs(mean - 20_000_000) < 5 * 2_886_751 / Double(Self.frames).squareRoot())
  }

  @Test(arguments: seeds)
  func orderIsKeptUnlessReorderingIsAskedFor(seed: UInt64) {
    let kept = send(
      seed: seed,
      with {
        $0.delay = .milliseconds(5)
        $0.jitter = .milliseconds(5)
        $0.loss = Ratio(0.1)
      }
    ).compactMap { $0.delivery?.at }
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0 <= $1 }, "seed \(seed)")
    let mixed = send(seed: seed, with { $0.reordering = Ratio(0.1) }).compactMap { $0.delivery?.at }
    #expect(zip(mixed, mixed.dropFirst()).contains { $0 > $1 }, "seed \(seed)")
  }

  @Test(arguments: seeds)
  func nothingArrivesBeforeItWasSent(seed: UInt64) {
    let fates = send(seed: seed, .delay(.milliseconds(1), jitter: .milliseconds(50)))
    for (index, fate) in fates.enumerated() {
      guard let delivery = fate.delivery else { continue }
      #expect(delivery.at.nanoseconds >= Int64(index) * 10_000, "seed \(seed)")
    }
  }

  @Test(arguments: seeds)
  func theSameSeedGivesTheSameFates(seed: UInt64) {
    let wild = with {
      $0.loss = Ratio(0.1)
      $0.jitter = .milliseconds(3)
      $0.duplication = Ratio(0.1)
      $0.reordering = Ratio(0.1)
      $0.corruption = Ratio(0.1)
      $0.rateBitsPerSecond = 50_000_000
    }
    #expect(send(seed: seed, wild) == send(seed: seed, wild))
    #expect(send(seed: seed, wild) != send(seed: seed &+ 1, wild))
  }

  @Test(arguments: seeds)
  func anotherPolicyDoesNotChangeWhatIsLost(seed: UInt64) {
    var alone = Link(chance: Chance(seed: seed))
    alone.add("loss", .loss(Ratio(0.2)))
    var together = Link(chance: Chance(seed: seed))
    together.add("wan", .delay(.milliseconds(2), jitter: .milliseconds(1)))
    together.add("loss", .loss(Ratio(0.2)))
    for index in 0..<2000 {
      let now = Instant(nanoseconds: Int64(index) * 1_000_000)
      let one = alone.admit(at: now, sizeBytes: 100) == .dropped(.loss)
      let other = together.admit(at: now, sizeBytes: 100) == .dropped(.loss)
      #expect(one == other, "seed \(seed), frame \(index)")
    }
  }

  @Test(arguments: [1_000_000, 10_000_000, 100_000_000])
  func aRateIsKeptAndWhatExceedsItIsDropped(bitsPerSecond: Int) throws {
    var link = Link(chance: Chance(seed: 1))
    link.add("narrow", with { $0.rateBitsPerSecond = bitsPerSecond })
    // Twice as much as the link takes, for two seconds.
    let count = bitsPerSecond * 4 / (1250 * 8)
    var passed: [Instant] = []
    for index in 0..<count {
      let now = Instant(nanoseconds: 2_000_000_000 / Int64(count) * Int64(index))
      let fate = link.admit(at: now, sizeBytes: 1250)
      if let delivery = fate.delivery {
        passed.append(delivery.at)
      } else {
        #expect(fate == .dropped(.rate))
      }
    }
    let seconds = try #require(passed.last).duration(to: .start).seconds * -1
    let rate = Double(passed.count * 1250 * 8) / seconds
    #expect(abs(rate / Double(bitsPerSecond) - 1) < 0.01)
    #expect(passed.count < count * 3 / 4)
  }

  /// Sends frames of 1,000 bytes through a link with one policy.
  private func send(seed: UInt64, _ impairment: Impairment, every gap: Int64 = 10_000) -> [Fate] {
    var link = Link(chance: Chance(seed: seed))
    link.add("policy", impairment)
    return (0..<Self.frames).map {
      link.admit(at: Instant(nanoseconds: Int64($0) * gap), sizeBytes: 1000)
    }
  }

  private func isNear(_ count: Int, _ share: Double) -> Bool {
    let expected = Double(Self.frames) * share
    return abs(Double(count) - expected) <= 5 * (expected * (1 - share)).squareRoot()
  }
}

extension Fate {
  var delivery: Delivery? {
    if case .delivered(let delivery) = self { return delivery }
    return nil
  }
}
