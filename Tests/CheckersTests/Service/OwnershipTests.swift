import Checking
import Basics
import Histories
import Testing

@testable import Checkers

struct SingleOwnerTests {
  /// Ownership moves from a to b at 2 s; a lets go that many milliseconds after b took.
  private func moved(overlap: Double) -> HistorySketch {
    var sketch = HistorySketch()
    sketch.see(.owner, "vip", "a", "held", at: 0)
    sketch.see(.owner, "vip", "a", "released", at: 2000 + overlap)
    sketch.see(.owner, "vip", "b", "held", at: 2000)
    sketch.see(.phase, "down", at: 5000)
    return sketch
  }

  @Test(arguments: [
    (-100.0, "0ms", Verdict.valid), (5, "0ms", .unknown), (300, "0ms", .invalid),
    (300, "500ms", .valid), (300, "295ms", .unknown),
  ])
  func anOverlapIsMeasured(overlap: Double, allowed: String, verdict: Verdict) throws {
    let found = try finding("single-owner", moved(overlap: overlap).history(), ["overlap": allowed])
    #expect(found.verdict == verdict, "\(found.summary)")
  }

  /// Both may hold the address while the stack comes up; from the steady phase on none may.
  @Test(arguments: [(2400.0, Verdict.valid), (2100, .invalid)])
  func theFirstElectionIsNotJudged(steady: Double, verdict: Verdict) throws {
    var sketch = moved(overlap: 300)
    sketch.see(.phase, "steady", at: steady)
    sketch.see(.phase, "method", at: 4000)
    #expect(try finding("single-owner", sketch.history()).verdict == verdict)
  }

  @Test func theOverlapIsSaid() throws {
    let found = try finding("single-owner", moved(overlap: 300).history())
    #expect(found.summary.contains("a and b both held vip for 300 ms"))
    #expect(found.figures["longest"] == .number(300))
  }

  @Test func bothHoldingToTheEndIsAnOverlap() throws {
    var sketch = HistorySketch()
    sketch.see(.owner, "vip", "a", "held", at: 0)
    sketch.see(.owner, "vip", "b", "held", at: 2000)
    sketch.see(.phase, "down", at: 5000)
    let found = try finding("single-owner", sketch.history())
    #expect(found.figures["longest"] == .number(3000))
    #expect(found.verdict == .invalid)
  }

  @Test func interleavedClaimsOnTheWireAreTwoOwners() throws {
    var sketch = HistorySketch()
    for second in 0..<5 {
      sketch.see(.owner, "vip", "a", "held", from: "arp", at: 1000 * Double(second))
      sketch.see(.owner, "vip", "b", "held", from: "arp", at: 1000 * Double(second) + 500)
    }
    let found = try finding("single-owner", sketch.history())
    #expect(found.verdict == .invalid)
    #expect(found.summary.contains("(by their claims on the wire)"))
  }

  /// b's last claim is seen a moment after its list let the address go; two seconds later it takes over again.
  @Test(arguments: [(released: 998.0, Verdict.valid), (released: 2995, .invalid)])
  func aClaimThatIsSeenAfterTheReleaseEndsTheHolding(released: Double, verdict: Verdict) throws {
    var sketch = HistorySketch()
    sketch.see(.owner, "vip", "b", "held", at: 0)
    sketch.see(.owner, "vip", "b", "held", from: "arp", at: 1)
    sketch.see(.owner, "vip", "b", "released", at: released)
    for time in [999.5, 2000, 2800] {
      sketch.see(.owner, "vip", "a", "held", from: "arp", at: time)
    }
    sketch.see(.owner, "vip", "b", "held", from: "arp", at: 1000)
    sketch.see(.owner, "vip", "b", "held", at: 2999)
    sketch.see(.owner, "vip", "b", "held", from: "arp", at: 3000)
    sketch.see(.owner, "vip", "a", "held", from: "arp", at: 3001)
    sketch.see(.phase, "down", at: 5000)
    let found = try finding("single-owner", sketch.history(), ["overlap": "500ms"])
    #expect(found.verdict == verdict, "\(found.summary)")
  }

  @Test func anAddressThatMovesThereAndBackHasOneOwner() throws {
    var sketch = HistorySketch()
    for (time, node) in [(0, "a"), (1000, "a"), (2000, "b"), (3000, "b"), (9000, "a")] {
      sketch.see(.owner, "vip", node, "held", from: "arp", at: Double(time))
    }
    #expect(try finding("single-owner", sketch.history()).verdict == .valid)
  }

  @Test func aQuickMoveThereAndBackProvesNothing() throws {
    var sketch = HistorySketch()
    for (time, node) in [(0, "a"), (1000, "a"), (1500, "b"), (2500, "b"), (3000, "a")] {
      sketch.see(.owner, "vip", node, "held", from: "arp", at: Double(time))
    }
    #expect(try finding("single-owner", sketch.history()).verdict == .unknown)
    sketch.see(.owner, "vip", "b", "held", from: "arp", at: 3500)
    #expect(try finding("single-owner", sketch.history()).verdict == .invalid)
  }

  @Test func aReleaseSeenElsewhereEndsAClaim() throws {
    var sketch = HistorySketch()
    for (time, node) in [(0, "a"), (1000, "b"), (1500, "a"), (2000, "b")] {
      sketch.see(.owner, "vip", node, "held", from: "arp", at: Double(time))
      sketch.see(.owner, "vip", node, "held", at: Double(time))
      sketch.see(.owner, "vip", node, "released", at: Double(time) + 400)
    }
    #expect(try finding("single-owner", sketch.history()).verdict == .valid)
  }

  /// Only power tells: a component that was killed or asked to leave keeps its node's address.
  @Test func aNodeWithoutPowerCannotGiveItsAddressUp() throws {
    var sketch = HistorySketch()
    sketch.see(.owner, "vip", "a", "held", at: 0)
    sketch.see(.owner, "vip", "b", "held", at: 2500)
    sketch.see(.phase, "down", at: 5000)
    for (name, target) in [("kill", "a"), ("terminate", "a/vrrp"), ("power-off", "a")] {
      var told = sketch
      told.fault(name, at: 2000, targets: [target])
      #expect(try finding("single-owner", told.history()).verdict == .invalid, "\(name)")
    }
    sketch.fault("kill", at: 2000, targets: ["a"])
    sketch.see(.power, "", "a", "off", at: 2000)
    #expect(try finding("single-owner", sketch.history()).verdict == .valid)
  }

  @Test func withoutObservationsItIsUnknown() throws {
    #expect(try finding("single-owner", traffic().history()).verdict == .unknown)
    let other = try finding("single-owner", moved(overlap: -1).history(), ["address": "other"])
    #expect(other.verdict == .unknown)
    var unconfirmed = moved(overlap: -100)
    unconfirmed.fault("kill", at: 2000, confirmed: false)
    #expect(try finding("single-owner", unconfirmed.history()).verdict == .unknown)
    unconfirmed.see(.owner, "vip", "c", "held", at: 1000)
    #expect(try finding("single-owner", unconfirmed.history()).verdict == .invalid)
  }
}

struct AddressReturnsTests {
  /// A run that ends before the time is over could tell of a quick return alone.
  @Test func aRunGoesOnForAsLongAsTheReturnMayTake() throws {
    let settings = Settings(["within": .duration(.seconds(3))])
    #expect(try AddressReturns(settings).lookAfterHeal == .seconds(3))
  }

  private func sketch(back: Double?, until end: Double = 20000) -> HistorySketch {
    var sketch = HistorySketch()
    sketch.see(.owner, "vip", "a", "held", at: 0)
    sketch.see(.owner, "vip", "a", "released", at: 2000)
    sketch.see(.owner, "vip", "b", "held", at: 2100)
    if let back {
      sketch.see(.owner, "vip", "b", "released", at: back)
      sketch.see(.owner, "vip", "a", "held", at: back)
    }
    sketch.see(.phase, "down", at: end)
    sketch.fault("kill", at: 1900, healed: 5000, targets: ["a/lb"])
    return sketch
  }

  @Test func anAddressThatComesHomeIsAccepted() throws {
    let found = try finding("address-returns", sketch(back: 7000).history(), ["within": "3s"])
    #expect(found.verdict == .valid, "\(found.summary)")
    #expect(found.summary.contains("back at a 2000 ms after"))
  }

  @Test(arguments: [9000.0, nil]) func oneThatComesLateOrNeverIsRefused(back: Double?) throws {
    let found = try finding("address-returns", sketch(back: back).history(), ["within": "3s"])
    #expect(found.verdict == .invalid)
    #expect(found.summary.contains("held by b, not by a"))
  }

  @Test func anotherHomeCanBeNamed() throws {
    let settings = ["within": "3s", "to": "b"]
    #expect(try finding("address-returns", sketch(back: nil).history(), settings).verdict == .valid)
  }

  @Test func anOwnerThatSharesItIsNotHome() throws {
    var sketch = sketch(back: 7000)
    sketch.see(.owner, "vip", "b", "held", at: 7500)
    let found = try finding("address-returns", sketch.history(), ["within": "3s"])
    #expect(found.verdict == .invalid)
  }

  @Test func claimsOnTheWireServeWhereThereIsNothingElse() throws {
    var sketch = HistorySketch()
    sketch.fault("kill", at: 1900, healed: 5000)
    for (time, node) in [(0, "a"), (2000, "b"), (6000, "a"), (9000, "a")] {
      sketch.see(.owner, "vip", node, "held", from: "arp", at: Double(time))
    }
    let found = try finding("address-returns", sketch.history(), ["within": "3s"])
    #expect(found.verdict == .valid, "\(found.summary)")
  }

  @Test func whatCannotBeSeenIsUnknown() throws {
    let short = sketch(back: nil, until: 6000)
    #expect(try finding("address-returns", short.history(), ["within": "3s"]).verdict == .unknown)
    #expect(try finding("address-returns", HistorySketch().history()).verdict == .unknown)
    var unhealed = sketch(back: 7000)
    unhealed.faults[0].healed = nil
    #expect(try finding("address-returns", unhealed.history()).verdict == .unknown)
    var ownerless = HistorySketch()
    ownerless.fault("kill", at: 10, healed: 20)
    ownerless.see(.owner, "vip", "a", "held", at: 100)
    ownerless.see(.phase, "down", at: 90000)
    #expect(try finding("address-returns", ownerless.history()).verdict == .unknown)
  }
}
