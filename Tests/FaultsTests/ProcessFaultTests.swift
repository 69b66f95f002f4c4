import Basics
import Faults
import Histories
import Stacks
import Testing

/// Faults and acts that go on acting, or change how servers start.
@Suite struct ProcessFaultTests {
  private let onProxy = AimedAt.target(Target(.node("lb-a")), component: "proxy")

  private func settings(_ key: String, _ length: Duration) -> Settings {
    Settings([key: .duration(length)])
  }

  @Test func aCrashLoopKillsAgainAndAgain() throws {
    let trial = Trial(
      [
        .fault(
          1, try CrashLoop(settings("period", .seconds(1))), at: .zero, for: .milliseconds(3500),
          onProxy)
      ], on: try FakeCluster())
    #expect(trial.acts.filter { $0 == "signal KILL lb-a/proxy" }.count == 4)
    #expect(trial.acts.last == "start lb-a/proxy")
    #expect(trial.marks[0].confirmation == "lb-a/proxy crashed twice and more")
    #expect(trial.marks[0].healConfirmed != nil)
  }

  @Test func oneCrashIsNoLoop() throws {
    let trial = Trial(
      [
        .fault(
          1, try CrashLoop(settings("period", .seconds(5))), at: .seconds(1), for: .seconds(1),
          onProxy)
      ], on: try FakeCluster())
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation == "lb-a/proxy was started 1 times since")
  }

  @Test func aRefusedStartIsTriedAndFails() throws {
    let trial = Trial(
      [.fault(1, try StartRefused(.none), at: .zero, for: .seconds(1), onProxy)],
      on: try FakeCluster())
    #expect(
      trial.acts == [
        "let lb-a/proxy start refused", "stop lb-a/proxy", "start lb-a/proxy",
        "let lb-a/proxy start usual", "start lb-a/proxy",
      ])
    #expect(trial.marks[0].confirmation == "a start of lb-a/proxy ended at once")
    #expect(trial.marks[0].healConfirmed != nil)
  }

  @Test func aStartThatSucceedsContradicts() throws {
    let trial = Trial(
      [.fault(1, try StartRefused(.none), at: .zero, for: .seconds(2), onProxy)],
      on: try FakeCluster(),
      events: [
        (
          .seconds(1),
          {
            $0.states[InstanceID(node: "lb-a", component: "proxy")] = InstanceState(
              isMainAlive: true, processes: 1)
          }
        )
      ])
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation.contains("did not last"))
  }

  @Test func aSlowStartIsSeenNotReady() throws {
    let trial = Trial(
      [
        .fault(
          1, try SlowStart(settings("by", .seconds(4))), at: .zero, for: .seconds(6), onProxy)
      ], on: try FakeCluster())
    #expect(trial.marks[0].confirmation == "lb-a/proxy ran for 2s, not ready")
    #expect(trial.acts.contains("let lb-a/proxy start usual"))
  }

  @Test func aQuickStartIsNotSlow() throws {
    let cluster = try FakeCluster()
    let trial = Trial(
      [
        .fault(
          1, try SlowStart(settings("by", .seconds(4))), at: .zero, for: .seconds(6), onProxy)
      ], on: cluster, events: [(.milliseconds(10), { $0.startTime = .zero })])
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation == "lb-a/proxy is ready already")
  }

  @Test func theAddressIsLeftOnTheDead() throws {
    let trial = Trial(
      [
        .fault(
          1, try AddressLeft(.none), at: .zero, for: .seconds(1),
          .target(Target(.owner(of: "vip")), component: nil))
      ], on: try FakeCluster())
    #expect(trial.acts.prefix(2) == ["signal KILL lb-a/proxy", "signal KILL lb-a/vrrp"])
    #expect(
      trial.marks[0].confirmation
        == "every process of lb-a/proxy and lb-a/vrrp is gone; vip on lb-a is left")
    #expect(trial.marks[0].healConfirmed != nil)
  }

  @Test func withoutTheAddressNothingIsLeft() throws {
    let trial = Trial(
      [
        .fault(
          1, try AddressLeft(.none), at: .zero, for: .seconds(1),
          .target(Target(.node("lb-b")), component: nil))
      ], on: try FakeCluster())
    #expect(trial.marks[0].confirmation == "lb-b holds no floating address")
  }

  @Test func aRollingRestartWaitsForEach() throws {
    let cluster = try FakeCluster()
    cluster.startTime = .seconds(3)
    let roll = AimedAt.target(Target(.role("balancer")), component: "proxy")
    let trial = Trial(
      [.action(1, try RollingRestart(.none), at: .seconds(1), roll)], on: cluster)
    #expect(
      trial.acts == [
        "stop lb-a/proxy", "start lb-a/proxy", "stop lb-b/proxy", "start lb-b/proxy",
      ])
    let second = try #require(cluster.startedAt[InstanceID(node: "lb-b", component: "proxy")])
    let first = try #require(cluster.startedAt[InstanceID(node: "lb-a", component: "proxy")])
    #expect(first.duration(to: second) >= .seconds(3))
    #expect(trial.marks[0].confirmed.map { $0 >= second.advanced(by: .seconds(3)) } == true)
    #expect(
      trial.marks[0].confirmation
        == "lb-a/proxy and lb-b/proxy restarted in turn, each ready again")
  }

  @Test func aRollingRestartThatHangsFails() throws {
    let cluster = try FakeCluster()
    cluster.startTime = .seconds(1000)
    let roll = AimedAt.target(Target(.role("balancer")), component: "proxy")
    let trial = Trial(
      [.action(1, try RollingRestart(settings("limit", .seconds(5))), at: .seconds(1), roll)],
      on: cluster)
    #expect(trial.acts == ["stop lb-a/proxy", "start lb-a/proxy"])
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation == "not done within 5s: lb-a/proxy is not ready")
  }
}
