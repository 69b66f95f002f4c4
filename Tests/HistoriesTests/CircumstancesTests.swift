import Basics
import Histories
import Testing

/// What a stack was doing when a fault was injected.
@Suite struct CircumstancesTests {
  private func at(_ milliseconds: Int64) -> Instant {
    Instant.start.advanced(by: .milliseconds(milliseconds))
  }

  private func mark(
    _ id: Int, _ target: String, _ injected: Int64, until healed: Int64? = nil,
    well: Int64? = nil, isConfirmed: Bool = true
  ) -> FaultMark {
    var mark = FaultMark(
      id: id, name: "kill", summary: "kill", targets: [.init(text: target)],
      injected: at(injected))
    mark.confirmed = isConfirmed ? at(injected + 10) : nil
    mark.healed = healed.map(at)
    mark.healConfirmed = well.map(at)
    return mark
  }

  private func role(_ node: String, _ role: String, _ time: Int64) -> Observation {
    Observation(
      time: at(time),
      .role(InstanceID(node: NodeID(node), component: "db"), .answer(role)))
  }

  private func circumstances(
    _ faults: [FaultMark], _ observations: [Observation] = []
  ) -> Circumstances {
    var builder = HistoryBuilder()
    builder.faults = faults
    builder.observations = observations
    return Circumstances(builder.finish())
  }

  @Test func alone() {
    let one = mark(1, "a", 1000, until: 2000, well: 2100)
    let other = mark(2, "b", 5000)
    let seen = circumstances([one, other])
    #expect(seen.state(at: one) == .steady && seen.state(at: other) == .steady)
  }

  @Test func besideAnother() {
    let one = mark(1, "a", 1000, until: 4000, well: 6000)
    let during = mark(2, "b", 2000, until: 2500, well: 2600)
    let healing = mark(3, "c", 5900)
    let late = mark(4, "c", 6001)
    let seen = circumstances([one, during, healing, late])
    #expect(seen.state(at: during) == .besideFault)
    #expect(seen.state(at: healing) == .besideHeal)
    #expect(seen.state(at: late) == .besideFault, "the third is active")
    // What had no effect is nothing to be beside of.
    let failed = mark(1, "a", 1000, isConfirmed: false)
    #expect(circumstances([failed, during]).state(at: during) == .steady)
  }

  @Test func aHealCountsForAWhileAlthoughItIsSeen() {
    let one = mark(1, "a", 1000, until: 2000, well: 2001)
    let (soon, later) = (mark(2, "b", 2900), mark(2, "b", 3001))
    #expect(circumstances([one, soon]).state(at: soon) == .besideHeal)
    #expect(circumstances([one, later]).state(at: later) == .steady)
  }

  @Test func afterAnotherCameToLead() {
    let one = mark(1, "a/db", 1000, until: 9000)
    let struck = mark(2, "b/db", 3500)
    let looks = [
      role("a", "leader", 100), role("b", "follower", 100), role("b", "leader", 3000),
      // Who thinks so still, and who goes on, change nothing.
      role("a", "leader", 6000), role("b", "leader", 8000),
    ]
    let seen = circumstances([one, struck], looks)
    #expect(seen.state(at: one) == .steady, "the first leader is no change")
    #expect(seen.state(at: struck) == .afterChange)
    #expect(seen.inCharge(among: one) == ["a"] && seen.inCharge(among: struck) == ["b"])
    let late = mark(3, "b/db", 8500)
    #expect(circumstances([late], looks).state(at: late) == .steady)
    #expect(seen.inCharge(among: mark(4, "b", 2999)) == [])
  }

  @Test func whatOverlapsHeldTheHarnessUpOnce() {
    func stall(_ from: Int64, _ until: Int64) -> Observation {
      Observation(
        time: at(until), .stall(.init(place: "nemesis", length: .milliseconds(until - from))))
    }
    var builder = HistoryBuilder()
    builder.observations = [
      stall(1000, 2000), stall(1500, 2500), stall(1600, 1700), stall(4000, 4100),
    ]
    #expect(builder.finish().stalled == .milliseconds(1600))
    #expect(HistoryBuilder().finish().stalled == .zero)
  }

  @Test func afterAnAddressMoved() {
    func holds(_ node: String, _ isHeld: Bool, _ time: Int64) -> Observation {
      Observation(time: at(time), .address("10.0.0.9", on: NodeID(node), isHeld: isHeld))
    }
    let struck = mark(1, "b", 2500)
    let seen = circumstances(
      [struck], [holds("a", true, 0), holds("a", false, 1900), holds("b", true, 2000)])
    #expect(seen.state(at: struck) == .afterChange && seen.inCharge(among: struck) == ["b"])
    #expect(seen.inCharge(among: mark(2, "a", 2500)) == [])
  }
}
