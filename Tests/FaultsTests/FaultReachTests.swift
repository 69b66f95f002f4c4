import Basics
import Faults
import Histories
import Stacks
import Testing

/// What faults say that they do to whom, as the nemesis has it written down.
@Suite struct FaultReachTests {
  private func reach(_ fault: some Fault, _ aim: AimedAt) throws -> FaultReach? {
    let trial = Trial(
      [.fault(1, fault, at: .zero, for: .seconds(1), aim)], on: try FakeCluster())
    return trial.marks[0].reach
  }

  private func ways(
    _ from: Target.Selector, _ to: Target.Selector?, isTwoWay: Bool = true
  ) -> AimedAt {
    .path(from: Target(from), to: to.map { Target($0) }, isTwoWay: isTwoWay)
  }

  @Test func whoIsKilledOrPausedOrUnpluggedIsTakenAway() throws {
    let proxy = AimedAt.target(Target(.node("lb-a")), component: "proxy")
    let node = AimedAt.target(Target(.node("lb-a")), component: nil)
    for aim in [proxy, node] {
      #expect(try reach(Kill(.none), aim) == .away)
      #expect(try reach(Terminate(.none), aim) == .away)
      #expect(try reach(Pause(.none), aim) == .away)
      #expect(try reach(Restart(.none), aim) == .away)
    }
    #expect(try reach(LinkDown(.none), node) == .away)
  }

  @Test func whatLosesEveryPacketCutsTheWays() throws {
    #expect(
      try reach(Partition(.none), ways(.site("a"), .node("lb-b"), isTwoWay: false))
        == .ways([.init(from: ["db-a", "lb-a"], to: ["lb-b"])], .cut))
    #expect(
      try reach(Partition(.none), ways(.node("lb-a"), .node("lb-b")))
        == .ways([.init(from: ["lb-a"], to: ["lb-b"]), .init(from: ["lb-b"], to: ["lb-a"])], .cut))
  }

  @Test func whatLosesSomeOrIsLateImpairsThem() throws {
    let delay = try Delay(Settings(["delay": .duration(.milliseconds(50))]))
    let dns = try Partition(Settings(["protocol": .text("udp"), "port": .integer(53)]))
    for fault in [delay, try Flap(.none), dns] as [any Fault] {
      guard case .ways(let all, .impaired)? = try reach(fault, ways(.node("lb-a"), .node("lb-b")))
      else {
        Issue.record("\(fault.text) impairs no ways")
        continue
      }
      #expect(all.count == 2)
    }
  }

  @Test func aSplitCutsWhoReachesWhomNoMore() throws {
    let halves = try Split(.none)
    guard
      case .ways(let all, .cut)? = try reach(halves, .target(Target(.site("a")), component: nil))
    else {
      Issue.record("a split cuts no ways")
      return
    }
    #expect(all.count == 2)
    #expect(Set(all.flatMap(\.from)) == ["db-a", "lb-a"])
    #expect(all.allSatisfy { $0.from != $0.to && $0.to.count == 1 })
  }

  @Test func aClockOrALimitTakesNobodyAway() throws {
    let quota = try CPUQuota(.none)
    #expect(
      try reach(quota, .target(Target(.node("lb-a")), component: "proxy")) == .other)
  }
}
