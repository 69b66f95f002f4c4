import Basics
import Experiments
import Faults
import Testing
import YAML

/// When steps happen: fixed, after another, again and again, and drawn.
@Suite struct ScheduleTests {
  private static let rest = "target: {node: lb-a}, component: proxy"
  private static let kill =
    "  - {at: 1s, fault: kill, target: {owner-of: vip}, component: proxy, for: 5s}\n"

  /// The fixture's plan with these steps in the place of its first; the times are those of `kill` and `pause`.
  private func plan(_ steps: [String], seed: UInt64 = 7) throws(Problems) -> Plan {
    let lines = steps.map { "  - \($0)\n" }.joined()
    return try Fixture.plan(Fixture.changed(Self.kill, Self.kill + lines), seed: seed)
  }

  private func problems(_ steps: [String]) -> [String] {
    do {
      _ = try plan(steps)
      return []
    } catch { return error.all.map(\.message) }
  }

  private func times(_ plan: Plan, of fault: String) -> [Duration] {
    plan.schedule.filter { $0.name == fault }.map(\.at)
  }

  @Test func againAndAgainUntilAMomentOrSoManyTimes() throws {
    let until = try plan(["{at: 2s, every: 3s, until: 11s, fault: pause, \(Self.rest), for: 1s}"])
    #expect(times(until, of: "pause") == [2, 5, 8, 11].map { .seconds($0) })
    let ends = until.schedule.filter { $0.name == "pause" }.map(\.healing)
    #expect(ends == [3, 6, 9, 12].map { .at(.seconds($0)) })
    let named = try plan([
      "{at: 2s, every: 500ms, times: 3, id: blink, fault: pause, \(Self.rest), for: 100ms}"
    ])
    #expect(times(named, of: "pause") == [2000, 2500, 3000].map { .milliseconds($0) })
    #expect(named.schedule.compactMap(\.label) == ["blink-1", "blink-2", "blink-3"])
  }

  @Test func afterAnotherIsOver() throws {
    let plan = try plan([
      "{at: 2s, id: hang, fault: pause, \(Self.rest), for: 1500ms}",
      "{after: hang, at: 500ms, id: asked, action: promote, target: {node: db-b}, component: db}",
      "{after: asked, fault: terminate, \(Self.rest), for: 1s}",
      "{after: hang, every: 2s, times: 2, id: again, fault: link-down, target: {node: lb-b}, for: 1s}",
      "{after: again, fault: link-down, target: {node: lb-a}, for: 1s}",
    ])
    #expect(times(plan, of: "promote").first == .seconds(4))
    #expect(times(plan, of: "terminate") == [.seconds(4)])
    #expect(times(plan, of: "link-down") == [3500, 5500, 6500].map { .milliseconds($0) })
  }

  @Test func aStepMayWaitForWhatIsToBeSeen() throws {
    let plan = try plan([
      "{when: {owner-of: vip}, id: moved, fault: pause, \(Self.rest), for: 2s}",
      "{when: {leader-of: db, is: db-b}, within: 5s, action: start, \(Self.rest)}",
      "{after: moved, at: 1s, id: second, fault: terminate, \(Self.rest), for: 1s}",
      "{after: second, fault: link-down, target: {node: lb-b}, for: 1s}",
    ])
    let moved = try #require(plan.schedule.first { $0.label == "moved" })
    #expect(moved.trigger == .init(.owner(of: "vip", .moved), within: .seconds(30)))
    let start = try #require(plan.schedule.first { $0.name == "start" })
    #expect(start.trigger == .init(.leader(of: "db", .to("db-b")), within: .seconds(5)))
    let follower = try #require(plan.schedule.first { $0.name == "terminate" })
    #expect(follower.follows == moved.id)
    #expect(follower.at == .seconds(4))
    // Who follows one that follows has no moment of its own, either.
    let last = try #require(plan.schedule.first { $0.name == "link-down" })
    #expect(last.follows == follower.id && last.isDynamic && last.slack == .seconds(30))
    #expect(plan.methodLength == .seconds(36))
    #expect(plan.text.contains("when the owner of vip has moved, within 30s"))
  }

  @Test func partsOfOneTargetAreApart() throws {
    let plan = try plan([
      "{at: 1s, fault: loss, loss: 5%, protocol: udp, between: [{site: a}, {site: b}], for: 5s}",
      "{at: 2s, fault: loss, loss: 9%, protocol: tcp, between: [{site: a}, {site: b}], for: 5s}",
    ])
    #expect(times(plan, of: "loss") == [.seconds(1), .seconds(2)])
  }

  @Test func lanesRunBesideEachOther() throws {
    let plan = try plan([
      "{at: 2s, lanes: [[{fault: pause, \(Self.rest), for: 2s}, {at: 1s, fault: terminate, \(Self.rest), for: 1s}], "
        + "[{fault: link-down, target: {node: lb-b}, for: 1s}, {fault: link-down, target: {node: lb-a}, for: 1s}]]}"
    ])
    #expect(times(plan, of: "pause") == [.seconds(2)])
    #expect(times(plan, of: "terminate") == [.seconds(5)])
    #expect(times(plan, of: "link-down") == [.seconds(2), .seconds(3)])
  }

  @Test(
    arguments: [
      ("{after: hnag, fault: pause, R, for: 1s}", "'after' names a step above it by its 'id'"),
      ("{at: 1s, every: 2s, fault: pause, R, for: 1s}", "needs either 'until' or 'times'"),
      (
        "{at: 1s, every: 2s, until: 9s, times: 3, fault: pause, R, for: 1s}", "needs either 'until'"
      ),
      ("{at: 1s, until: 9s, fault: pause, R, for: 1s}", "are about 'every'"),
      ("{at: 9s, every: 1s, until: 8s, fault: pause, R, for: 1s}", "'until' must not come before"),
      ("{at: 0s, every: 1ms, until: 9s, fault: pause, R, for: 1s}", "more than 1000 of them"),
      ("{at: 0s, every: 1s, times: 3, fault: pause, R, for: 2s}", "is still active from line"),
      ("{at: 0s, every: 0s, times: 3, fault: pause, R, for: 2s}", "'every' must not be zero"),
      ("{when: {owner-of: vpi}, fault: pause, R, for: 1s}", "unknown address 'vpi'"),
      ("{when: {}, fault: pause, R, for: 1s}", "needs exactly one of"),
      ("{when: {owner-of: vip, operations: 5}, fault: pause, R, for: 1s}", "needs exactly one of"),
      ("{when: {leader-of: proxy}, fault: pause, R, for: 1s}", "has no role query"),
      ("{when: {leader-of: db, is: lb-a}, fault: pause, R, for: 1s}", "unknown node 'lb-a'"),
      ("{when: {probe: lag, of: db-b/db}, fault: pause, R, for: 1s}", "either 'above' or 'below'"),
      ("{when: {probe: lga, of: db-b/db, above: 1}, fault: pause, R, for: 1s}", "unknown probe"),
      ("{when: {bad: 0%}, fault: pause, R, for: 1s}", "must not be zero"),
      ("{when: {operations: 5, workload: xs}, fault: pause, R, for: 1s}", "unknown workload 'xs'"),
      ("{when: {owner-of: vip}, fault: pause, R}", "only known while running, so say 'for'"),
      ("{at: 1s, within: 3s, fault: pause, R, for: 1s}", "'within' is about 'when'"),
      (
        "{when: {owner-of: vip}, every: 1s, times: 3, fault: pause, R, for: 1ms}",
        "'every' needs a moment"
      ),
      ("{lanes: []}", "'lanes' needs lists of steps"),
      ("{lanes: [{at: 1s}]}", "a lane must be a list of steps"),
      ("{random: {until: 9s}}", "'random' needs 'faults'"),
      ("{random: {faults: [{fault: pause, R, for: 1s}]}}", "needs the key 'until'"),
      ("{random: {until: 9s, faults: [{fault: pause, R}]}}", "a fault of 'random' needs 'for'"),
      ("{random: {until: 9s, faults: [{fault: pause, R, for: 1s, at: 2s}]}}", "unknown key 'at'"),
      (
        "{random: {until: 9s, gap: [5s, 1s], faults: [{fault: pause, R, for: 1s}]}}",
        "'gap' is a time"
      ),
      (
        "{random: {at: 9s, until: 9s, faults: [{fault: pause, R, for: 1s}]}}",
        "must come after 'at'"
      ),
      ("{random: {until: 9s, faults: [{id: x, fault: pause, R, for: 1s}]}}", "have no 'id'"),
    ])
  func whatHasNoMeaningIsRefused(step: String, message: String) {
    let found = problems([step.replacing("R", with: Self.rest)])
    #expect(found.contains { $0.contains(message) }, "\(found)")
  }

  private static let random = """
    {random: {at: 2s, until: 300s, gap: [500ms, 4s], at-most: 2, faults: [
        {weight: 3, fault: pause, target: {node: lb-a}, component: proxy, for: 2s},
        {fault: link-down, target: {node: lb-b}, for: 3s},
        {fault: terminate, target: {node: db-a}, component: db, for: 1s}]}}
    """

  @Test func whatIsDrawnFollowsFromTheSeedAndKeepsItsBounds() throws {
    for seed in UInt64(1)...20 {
      let plan = try plan([Self.random], seed: seed)
      let drawn = plan.schedule.filter { ["pause", "link-down", "terminate"].contains($0.name) }
      #expect(drawn.count > 40, "seed \(seed)")
      #expect(drawn.map(\.at).allSatisfy { $0 >= .milliseconds(2500) && $0 < .seconds(300) })
      for step in drawn {
        let active = drawn.filter { $0.at <= step.at && $0.healing.time! > step.at }
        #expect(active.count <= 2, "seed \(seed) at \(step.at)")
        #expect(Set(active.map(\.name)).count == active.count, "seed \(seed) at \(step.at)")
      }
      let again = try self.plan([Self.random], seed: seed)
      #expect(again.schedule.map(\.text) == plan.schedule.map(\.text))
      #expect(again.schedule.map(\.at) == plan.schedule.map(\.at))
    }
    let counts = try (UInt64(1)...20).map { seed in
      try plan([Self.random], seed: seed).schedule.count { $0.name == "pause" }
    }
    #expect(Set(counts).count > 3)
  }
}
