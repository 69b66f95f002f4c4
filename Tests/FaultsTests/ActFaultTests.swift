import Basics
import Faults
import Histories
import Stacks
import Testing

/// What a component's folder says it can be made to do, and what an operator runs.
@Suite struct ActFaultTests {
  private let onProxy = AimedAt.target(Target(.node("lb-a")), component: "proxy")

  private func texts(_ pairs: [String: String]) -> Settings {
    Settings(pairs.mapValues { .text($0) })
  }

  private func trial(
    _ fault: some Fault, _ aim: AimedAt, on cluster: FakeCluster,
    events: [(at: Duration, what: (FakeCluster) -> Void)] = []
  ) -> Trial {
    Trial([.fault(1, fault, at: .zero, for: .seconds(2), aim)], on: cluster, events: events)
  }

  @Test func aDrainedServerIsShownByTheBalancer() throws {
    let drain = try Drain(texts(["server": "db-a"]))
    let done = trial(drain, onProxy, on: try FakeCluster())
    #expect(done.acts == ["drain command lb-a/proxy db-a", "drain undo lb-a/proxy db-a"])
    #expect(done.marks[0].confirmation == "lb-a/proxy: drain is in effect")
    #expect(done.marks[0].healConfirmed != nil)
    let undone = trial(
      drain, onProxy, on: try FakeCluster(), events: [(.seconds(1), { $0.shown["drain"] = false })])
    #expect(undone.marks[0].outcome == .contradicted)
  }

  @Test func withoutAProbeTheCommandsSuccessMustDo() throws {
    let cluster = try FakeCluster()
    cluster.hasProbes = false
    let once = trial(try Perform(texts(["name": "once"])), onProxy, on: cluster)
    #expect(once.acts == ["once command lb-a/proxy "])
    #expect(once.marks[0].confirmation == "lb-a/proxy: the command of once succeeded")
    cluster.failing = ["once"]
    let failed = trial(try Perform(texts(["name": "once"])), onProxy, on: cluster)
    #expect(failed.marks[0].confirmed == nil)
  }

  @Test func whatAComponentCannotDoIsRefused() throws {
    let stack = try FakeCluster().stack
    let refusal = try Perform(texts(["name": "dance"])).refusal(aimedAt: onProxy, in: stack)
    #expect(refusal?.key == "name")
    #expect(refusal?.message.hasPrefix("'proxy' has no act 'dance'") == true)
    #expect(
      try Drain(texts(["server": "db-z"])).refusal(aimedAt: onProxy, in: stack)?.key == "server")
    #expect(try Perform(texts(["name": "once"])).refusal(aimedAt: onProxy, in: stack) == nil)
  }

  @Test func aLieIsOneOnlyWhenTheServiceIsDead() throws {
    let lies = try HealthLies(texts(["says": "up", "kills": "vrrp"]))
    let done = trial(lies, onProxy, on: try FakeCluster())
    #expect(
      done.acts == [
        "say-healthy command lb-a/proxy ", "signal KILL lb-a/vrrp",
        "say-healthy undo lb-a/proxy ", "start lb-a/vrrp",
      ])
    #expect(done.marks[0].confirmed != nil)
    let alive = trial(
      lies, onProxy, on: try FakeCluster(),
      events: [
        (
          .seconds(1),
          {
            $0.states[InstanceID(node: "lb-a", component: "vrrp")] = InstanceState(
              isMainAlive: true, processes: 1)
          }
        )
      ])
    #expect(alive.marks[0].outcome == .contradicted)
    #expect(throws: FaultSettingsError.self) { try HealthLies(texts(["says": "up"])) }
  }

  @Test func aReclaimedMachineHasItsNotice() throws {
    let aim = AimedAt.target(Target(.node("lb-a")), component: nil)
    let reclaim = try SpotReclaim(Settings(["notice": .duration(.seconds(3))]))
    let done = Trial(
      [.fault(1, reclaim, at: .zero, for: .seconds(5), aim)], on: try FakeCluster())
    #expect(
      done.acts == [
        "notice command lb-a/proxy lb-a", "notice command lb-a/vrrp lb-a", "power off lb-a",
        "power on lb-a",
      ])
    let moment = try #require(done.marks[0].confirmed)
    #expect(Instant.start.duration(to: moment) >= .seconds(3))
    // Healed within its notice it never came to pass.
    #expect(trial(reclaim, aim, on: try FakeCluster()).marks[0].confirmed == nil)
  }

  @Test(arguments: [true, false])
  func aCommandsExitIsTheOutcome(_ isSuccess: Bool) throws {
    let run = try Run(Settings(["command": .list([.text("check"), .text("-x")])]))
    let aim = AimedAt.target(Target(.node("db-a")), component: "db")
    let done = Trial(
      [.action(1, run, at: .zero, aim)], on: try FakeCluster(),
      events: [
        (
          .seconds(4),
          { $0.outcomes["db-a"] = CommandOutcome(isSuccess: isSuccess, text: "exited with 7") }
        )
      ])
    #expect(done.acts == ["step-1: check -x on db-a as db"])
    #expect((done.marks[0].confirmed != nil) == isSuccess)
    #expect(done.marks[0].confirmation.hasSuffix("on db-a it exited with 7"))
  }

  @Test func failingBackMakesTheFirstLeaderLeadAlone() throws {
    let cluster = try FakeCluster()
    cluster.roles = ["db-a/db": "standby", "db-b/db": "primary"]
    let back = try FailBack(texts(["component": "db"]))
    let both = Trial([.action(1, back, at: .zero, .everything)], on: cluster)
    #expect(both.acts == ["promote db-a/db"])
    #expect(both.marks[0].confirmation == "db-b/db leads, too")
    cluster.roles["db-b/db"] = "standby"
    let alone = Trial([.action(1, back, at: .zero, .everything)], on: cluster)
    #expect(alone.marks[0].confirmation == "db-a/db leads again, and nobody else")
  }
}
