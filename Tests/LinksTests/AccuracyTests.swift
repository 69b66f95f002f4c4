import Basics
import Links
import Testing

/// What is asked for is what happens, within three percent: under virtual time and seeded chance, so that
/// neither a machine nor luck decides. `bench accuracy` measures the same on real devices.
@Suite struct AccuracyTests {
  @Test(arguments: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3])
  func lossIsTheShareThatWasAsked(share: Double) {
    var link = Link(chance: Chance(seed: 2026))
    link.add("lossy", .loss(Ratio(share)))
    // So many losses that three percent are four standard deviations.
    let frames = Int(20_000 / share)
    var lost = 0
    for index in 0..<frames {
      let now = Instant(nanoseconds: Int64(index) * 1000)
      if link.admit(at: now, sizeBytes: 1000) == .dropped(.loss) { lost += 1 }
    }
    #expect(abs(Double(lost) / Double(frames) / share - 1) <= 0.03, "\(lost) of \(frames)")
  }

  @Test(arguments: [1, 10, 100, 1000], [60, 1514])
  func aRateIsTheRateThatWasAsked(megabits: Int, sizeBytes: Int) throws {
    var link = Link(chance: Chance(seed: 1))
    link.add("narrow", with { $0.rateBitsPerSecond = megabits * 1_000_000 })
    // Three times what the link takes, by the schedule on which frames are released.
    let gap = Double(sizeBytes * 8) / Double(megabits) * 1000 / 3
    var released: [Instant] = []
    var index = 0
    while released.count < 3000 {
      let now = Instant(nanoseconds: Int64(Double(index) * gap))
      if let delivery = link.admit(at: now, sizeBytes: sizeBytes).delivery {
        released.append(delivery.at)
      }
      index += 1
    }
    let (first, last) = (try #require(released.first), try #require(released.last))
    let bits = Double((released.count - 1) * sizeBytes * 8)
    let measured = bits / first.duration(to: last).seconds / 1e6
    #expect(abs(measured / Double(megabits) - 1) <= 0.03, "\(measured)")
  }

  @Test(arguments: [1, 2, 5, 10, 20, 50, 100], [0, 1])
  func aDelayIsTheDelayThatWasAsked(milliseconds: Int, jitter: Int) {
    var link = Link(chance: Chance(seed: 7))
    link.add(
      "far", .delay(.milliseconds(milliseconds), jitter: .microseconds(jitter * milliseconds * 100))
    )
    let held = (0..<20_001).compactMap { index in
      let now = Instant(nanoseconds: Int64(index) * 200_000_000)
      return link.admit(at: now, sizeBytes: 100).delivery.map { now.duration(to: $0.at).seconds }
    }
    let median = held.sorted()[held.count / 2]
    #expect(abs(median * 1000 / Double(milliseconds) - 1) <= 0.03, "\(median)")
  }
}
