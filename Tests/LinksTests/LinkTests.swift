import Basics
import Links
import Testing

struct LinkTests {
  @Test func aCleanLinkDeliversAtOnce() {
    var link = Link(chance: Chance(seed: 1))
    #expect(link.admit(at: moment(5), sizeBytes: 100) == .delivered(Delivery(at: moment(5))))
    #expect(!link.isCut && !link.isPerFrame && !link.isHolding)
  }

  @Test func aCutDropsEverything() {
    var link = Link(chance: Chance(seed: 1))
    link.add("partition", .cut)
    #expect(link.isCut)
    #expect(link.admit(at: moment(5), sizeBytes: 100) == .dropped(.cut))
  }

  @Test func delaysAddUp() {
    var link = Link(chance: Chance(seed: 1))
    link.add("wan", .delay(.milliseconds(2)))
    link.add("slow", .delay(.milliseconds(100)))
    #expect(link.admit(at: moment(5), sizeBytes: 9) == .delivered(Delivery(at: moment(107))))
  }

  @Test func healingRemovesExactlyOne() {
    var link = Link(chance: Chance(seed: 1))
    link.add("wan", .delay(.milliseconds(2)))
    link.add("partition", .cut)
    link.add("another", .cut)
    let first = link.remove("partition", at: moment(1))
    #expect(first == moment(3) && link.isCut)
    link.remove("another", at: moment(1))
    let second = link.remove("partition", at: moment(1))
    #expect(second == nil)
    #expect(link.policies == ["wan"])
    #expect(link.admit(at: moment(5), sizeBytes: 9) == .delivered(Delivery(at: moment(7))))
  }

  @Test func aPolicyOfTheSameNameIsReplacedInItsPlace() {
    var link = Link(chance: Chance(seed: 1))
    link.add("wan", .delay(.milliseconds(2)))
    link.add("slow", .delay(.milliseconds(10)))
    link.add("wan", .delay(.milliseconds(5)))
    #expect(link.policies == ["wan", "slow"])
    #expect(link.admit(at: moment(0), sizeBytes: 9) == .delivered(Delivery(at: moment(15))))
  }

  @Test func healingTakesEffectAtOnceAndKeepsOrder() {
    var link = Link(chance: Chance(seed: 1))
    link.add("wan", .delay(.milliseconds(2), jitter: .milliseconds(1)))
    link.add("slow", .delay(.seconds(10)))
    _ = link.admit(at: moment(0), sizeBytes: 9)
    let latest = link.remove("slow", at: moment(5))
    #expect(latest == moment(8))
    // Not before the one under way, which now arrives at eight, and not much after.
    #expect(link.admit(at: moment(5), sizeBytes: 9) == .delivered(Delivery(at: moment(8))))
  }

  @Test(arguments: [
    (Impairment.loss(.all), true, false),
    (.delay(.milliseconds(1)), false, true),
    (.cut, false, false),
    (with { $0.rateBitsPerSecond = 1000 }, true, true),
    (with { $0.corruption = .all }, true, false),
    (with { $0.duplication = .all }, true, false),
    (with { $0.reordering = .all }, true, true),
  ])
  func whatAPolicyNeedsIsKnown(impairment: Impairment, perFrame: Bool, holding: Bool) {
    #expect(impairment.isPerFrame == perFrame)
    #expect(impairment.isHolding == holding)
    #expect(!impairment.isClean)
    #expect(Impairment().isClean)
  }
}

func moment(_ milliseconds: Int64) -> Instant {
  Instant(nanoseconds: milliseconds * 1_000_000)
}

func with(_ change: (inout Impairment) -> Void) -> Impairment {
  var impairment = Impairment()
  change(&impairment)
  return impairment
}
