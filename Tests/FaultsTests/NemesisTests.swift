import Basics
import Faults
import Histories
import Stacks
import Testing

@Suite struct NemesisTests {
  private func on(_ node: NodeID, _ component: String?) -> AimedAt {
    .target(Target(.node(node)), component: component)
  }

  @Test func theIntentIsWrittenBeforeTheAct() throws {
    let trial = Trial(
      [.fault(1, try Kill(.none), at: .zero, for: .seconds(1), on("lb-a", "proxy"))],
      on: try FakeCluster())
    let lines = trial.cluster.transcript
    #expect(lines.prefix(2) == ["journal injecting 1", "signal KILL lb-a/proxy"])
    let healing = try #require(lines.firstIndex(of: "journal healing 1"))
    #expect(lines[healing + 1] == "start lb-a/proxy")
    #expect(trial.journal[0].mark.confirmed == nil)
    #expect(trial.journal[0].mark.targets.map(\.description) == ["lb-a/proxy"])
  }

  @Test func withoutAJournalNothingIsInjected() throws {
    let trial = Trial(
      [.fault(1, try Kill(.none), at: .zero, for: .seconds(1), on("lb-a", "proxy"))],
      on: try FakeCluster(), isJournalBroken: true)
    #expect(trial.acts == [])
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation == "not injected: write the journal: disk full")
    #expect(!trial.failures.isEmpty)
  }

  @Test func everythingIsHealedTheLastFirst() throws {
    let trial = Trial(
      [
        .fault(1, try Pause(.none), at: .zero, for: nil, on("lb-a", "proxy")),
        .fault(2, try LinkDown(.none), at: .seconds(1), for: nil, on("db-a", nil)),
        .fault(3, try Kill(.none), at: .seconds(2), for: nil, on("db-b", "db")),
      ], on: try FakeCluster())
    #expect(trial.acts.suffix(3) == ["start db-b/db", "carrier db-a up", "thaw lb-a/proxy"])
    #expect(trial.marks.allSatisfy { $0.healConfirmed != nil })
  }

  @Test func aFailingHealDoesNotStopTheOthers() throws {
    let cluster = try FakeCluster()
    cluster.failing = ["carrier db-a up"]
    let trial = Trial(
      [
        .fault(1, try Pause(.none), at: .zero, for: nil, on("lb-a", "proxy")),
        .fault(2, try LinkDown(.none), at: .zero, for: nil, on("db-a", nil)),
      ], on: cluster)
    #expect(trial.acts.suffix(2) == ["carrier db-a up", "thaw lb-a/proxy"])
    #expect(trial.failures.map(\.description) == ["carrier db-a up: refused"])
    #expect(trial.marks[0].healConfirmed != nil)
    #expect(trial.marks[1].healConfirmed == nil)
  }

  @Test func ofOneFaultsTargetsEachIsTried() throws {
    let cluster = try FakeCluster()
    cluster.failing = ["signal KILL lb-a/proxy", "start lb-a/proxy"]
    let trial = Trial(
      [
        .fault(
          1, try Kill(.none), at: .zero, for: .seconds(1),
          .target(Target(.role("balancer")), component: "proxy"))
      ], on: cluster)
    #expect(
      trial.acts.prefix(4) == [
        "signal KILL lb-a/proxy", "signal KILL lb-b/proxy", "start lb-a/proxy",
        "start lb-b/proxy",
      ])
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation.hasPrefix("not fully injected: "))
  }

  @Test func healingTwiceDoesNothing() throws {
    let cluster = try FakeCluster()
    var nemesis = Nemesis(
      schedule: [.fault(1, try Kill(.none), at: .zero, for: nil, on("lb-a", "proxy"))],
      cluster: cluster, chance: Chance(seed: 1),
      pace: Pace(
        now: { cluster.now }, sleep: { cluster.now = cluster.now.advanced(by: $0) })
    ) { _ in }
    nemesis.run(from: .start) { false }
    nemesis.healAll(limit: .seconds(1))
    let marks = nemesis.marks
    nemesis.healAll(limit: .seconds(1))
    #expect(cluster.transcript == ["signal KILL lb-a/proxy", "start lb-a/proxy"])
    #expect(nemesis.marks == marks)
  }

  @Test func timesAreKept() throws {
    let trial = Trial(
      [
        .fault(1, try Kill(.none), at: .milliseconds(1500), for: .seconds(5), on("lb-a", "proxy")),
        .fault(2, try Pause(.none), at: .seconds(3), for: .seconds(1), on("db-a", "db")),
      ], on: try FakeCluster())
    #expect(trial.marks.map(\.injected.nanoseconds) == [1_500_000_000, 3_000_000_000])
    #expect(trial.marks.map(\.healed?.nanoseconds) == [6_500_000_000, 4_000_000_000])
  }

  @Test func whatIsHealedAtAMomentMakesWayForWhatIsInjectedThen() throws {
    let trial = Trial(
      [
        .fault(1, try Kill(.none), at: .zero, for: .seconds(1), on("lb-a", "proxy")),
        .fault(2, try Kill(.none), at: .seconds(1), for: .seconds(1), on("lb-a", "proxy")),
        .fault(3, try Restart(.none), at: .seconds(4), for: .zero, on("lb-a", "proxy")),
      ], on: try FakeCluster())
    #expect(
      trial.acts == [
        "signal KILL lb-a/proxy", "start lb-a/proxy", "signal KILL lb-a/proxy",
        "start lb-a/proxy", "stop lb-a/proxy", "start lb-a/proxy",
      ])
    #expect(trial.marks.allSatisfy { $0.confirmed != nil && $0.healConfirmed != nil })
  }

  @Test func lateEvidenceConfirmsWhenItCame() throws {
    let cluster = try FakeCluster()
    cluster.traffic = PolicyTraffic(dropped: 0, passed: 0, probes: [.seen()])
    let trial = Trial(
      [
        .fault(
          1, try Partition(.none), at: .seconds(1), for: .seconds(4),
          .path(from: Target(.site("a")), to: Target(.site("b")), isTwoWay: true))
      ], on: cluster,
      events: [
        (
          .seconds(3),
          { $0.policies["step-1"] = PolicyTraffic(dropped: 1, passed: 0, probes: [.seen(lost: 1)]) }
        )
      ])
    let confirmed = try #require(trial.marks[0].confirmed)
    #expect(confirmed >= .start.advanced(by: .seconds(3)))
    #expect(confirmed <= .start.advanced(by: .milliseconds(3250)))
  }

  @Test func whatDidNotLastIsRefuted() throws {
    let trial = Trial(
      [
        .fault(
          1, try Partition(.none), at: .zero, for: .seconds(4),
          .path(from: Target(.site("a")), to: Target(.site("b")), isTwoWay: true)),
        .fault(2, try Pause(.none), at: .zero, for: .seconds(4), on("db-a", "db")),
      ], on: try FakeCluster(),
      events: [
        (.seconds(2), { $0.policies["step-1"]?.probes = [.seen(arrived: 1, lost: 1)] }),
        (.seconds(2), { $0.states[InstanceID(node: "db-a", component: "db")]?.isFrozen = false }),
      ])
    #expect(trial.marks.allSatisfy { $0.confirmed == nil })
    #expect(
      trial.marks[0].confirmation
        == "took effect, but did not last: a probe passed from lb-a to db-b")
    #expect(trial.journal.filter { $0.phase == .refuted }.count == 2)
  }

  @Test func aServerThatIsDownAlreadyIsNotConfirmedAsKilled() throws {
    let cluster = try FakeCluster()
    cluster.states[InstanceID(node: "lb-a", component: "proxy")] = InstanceState(
      isMainAlive: false, processes: 0)
    let trial = Trial(
      [.fault(1, try Kill(.none), at: .zero, for: .seconds(1), on("lb-a", "proxy"))], on: cluster)
    #expect(trial.marks[0].confirmed == nil)
    #expect(
      trial.marks[0].confirmation
        == "not fully injected: kill lb-a/proxy: it was not running")
    #expect(trial.acts == ["start lb-a/proxy"])
  }

  @Test func aServerThatIgnoresItsSignalIsNotConfirmed() throws {
    let cluster = try FakeCluster()
    cluster.isDeaf = true
    let trial = Trial(
      [.fault(1, try Terminate(.none), at: .zero, for: .seconds(1), on("lb-a", "proxy"))],
      on: cluster)
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation == "2 processes of lb-a/proxy are alive")
  }

  @Test func anotherFaultsTargetStaysDown() throws {
    let trial = Trial(
      [
        .fault(1, try Kill(.none), at: .zero, for: .seconds(4), on("lb-a", nil)),
        .fault(2, try Kill(.none), at: .seconds(5), for: .seconds(10), on("lb-b", "proxy")),
        .fault(3, try Kill(.none), at: .seconds(6), for: .seconds(2), on("lb-b", nil)),
      ], on: try FakeCluster())
    #expect(
      trial.acts == [
        "power off lb-a", "power on lb-a", "signal KILL lb-b/proxy", "power off lb-b",
        "power on lb-b except lb-b/proxy", "start lb-b/proxy",
      ])
    #expect(trial.marks.allSatisfy { $0.healConfirmed != nil })
  }

  @Test func nothingIsStartedOnANodeWithoutPower() throws {
    let trial = Trial(
      [
        .fault(1, try Kill(.none), at: .zero, for: .seconds(2), on("lb-b", "proxy")),
        .fault(2, try Kill(.none), at: .seconds(1), for: .seconds(5), on("lb-b", nil)),
      ], on: try FakeCluster())
    #expect(trial.acts == ["signal KILL lb-b/proxy", "power off lb-b", "power on lb-b"])
    #expect(trial.marks.allSatisfy { $0.healConfirmed != nil })
  }

  @Test func whatIsMeantToLastIsNotHealed() throws {
    let kill = Step(
      id: 1, at: .zero, healing: .never, fault: try Kill(.none), aim: on("db-a", "db"))
    let trial = Trial([kill], on: try FakeCluster())
    #expect(trial.acts == ["signal KILL db-a/db"])
    #expect(trial.marks[0].confirmed != nil)
    #expect(trial.marks[0].healed == nil)
    #expect(trial.failures.isEmpty)
  }

  @Test func healAllEndsWhatIsActive() throws {
    let trial = Trial(
      [
        .fault(1, try Pause(.none), at: .zero, for: .seconds(9), on("lb-a", "proxy")),
        .fault(2, try LinkDown(.none), at: .zero, for: nil, on("db-a", nil)),
        .action(3, try HealAll(.none), at: .seconds(2), .everything),
      ], on: try FakeCluster())
    #expect(
      trial.acts == [
        "freeze lb-a/proxy", "carrier db-a down", "carrier db-a up", "thaw lb-a/proxy",
      ])
    #expect(trial.marks[0].healed == .start.advanced(by: .seconds(2)))
  }

  @Test func healingIsWaitedForUntilItIsSeen() throws {
    let cluster = try FakeCluster()
    cluster.startTime = .seconds(3)
    let trial = Trial(
      [.fault(1, try Kill(.none), at: .zero, for: .seconds(1), on("lb-a", "proxy"))], on: cluster)
    let seen = try #require(trial.marks[0].healConfirmed)
    #expect(seen >= .start.advanced(by: .seconds(4)))
    #expect(seen < .start.advanced(by: .milliseconds(4250)))
  }

  @Test func healingThatIsNeverSeenIsAFailure() throws {
    let cluster = try FakeCluster()
    cluster.startTime = .seconds(300)
    let trial = Trial(
      [.fault(1, try Kill(.none), at: .zero, for: .seconds(1), on("lb-a", "proxy"))], on: cluster)
    #expect(trial.marks[0].healConfirmed == nil)
    #expect(
      trial.failures.map(\.description) == [
        "heal kill proxy on node lb-a: lb-a/proxy is not ready"
      ])
  }

  @Test func theLastActionIsGivenItsTime() throws {
    let cluster = try FakeCluster()
    cluster.startTime = .seconds(2)
    cluster.states[InstanceID(node: "lb-a", component: "proxy")] = InstanceState(
      isMainAlive: false, processes: 0)
    let trial = Trial(
      [.action(1, try Start(.none), at: .seconds(1), on("lb-a", "proxy"))], on: cluster)
    let confirmed = try #require(trial.marks[0].confirmed)
    #expect(confirmed >= .start.advanced(by: .seconds(3)))
  }

  @Test func cancellingLeavesTheRestUndoneAndHealsWhatIsActive() throws {
    let trial = Trial(
      [
        .fault(1, try Pause(.none), at: .seconds(1), for: .seconds(9), on("lb-a", "proxy")),
        .fault(2, try Kill(.none), at: .seconds(5), for: .seconds(9), on("db-a", "db")),
      ], on: try FakeCluster(),
      events: [(.seconds(2), { _ in })], cancelAt: .seconds(2))
    #expect(trial.acts == ["freeze lb-a/proxy", "thaw lb-a/proxy"])
    #expect(trial.marks.count == 1)
  }
}

@Suite struct TargetTests {
  private func targets(_ aim: AimedAt, seed: UInt64 = 1, _ change: (FakeCluster) -> Void = { _ in })
    throws -> FaultMark
  {
    let cluster = try FakeCluster()
    change(cluster)
    return Trial(
      [.fault(1, try Kill(.none), at: .zero, for: .seconds(1), aim)], on: cluster, seed: seed
    ).marks[0]
  }

  @Test func targetsAreWhatTheyAreWhenTheFaultFires() throws {
    let owner = AimedAt.target(Target(.owner(of: "vip")), component: "proxy")
    #expect(try targets(owner).targets == ["lb-a/proxy"])
    #expect(try targets(owner) { $0.owners = ["lb-b"] }.targets == ["lb-b/proxy"])
    #expect(
      try targets(owner) { $0.owners = ["lb-a", "lb-b"] }.targets == ["lb-a/proxy", "lb-b/proxy"])
    let leader = AimedAt.target(Target(.leader(of: "db")), component: nil)
    #expect(try targets(leader).targets == ["db-a"])
    #expect(
      try targets(leader) { $0.roles = ["db-b/db": "leader"] }.targets == ["db-b"])
    #expect(
      try targets(.target(Target(.site("b")), component: "proxy")).targets == ["lb-b/proxy"])
    #expect(
      try targets(.target(Target(.role("database")), component: nil)).targets == ["db-a", "db-b"])
  }

  @Test func nobodyIsNotConfirmed() throws {
    let mark = try targets(.target(Target(.owner(of: "vip")), component: "proxy")) {
      $0.owners = []
    }
    #expect(mark.targets == [])
    #expect(mark.confirmed == nil)
    #expect(
      mark.confirmation
        == "not injected: find proxy on the owner of vip: there is none at this moment")
  }

  @Test func oneOfSeveralFollowsFromTheSeed() throws {
    let one = AimedAt.target(Target(.role("database"), pick: .one), component: nil)
    var seen: Set<[FaultMark.Target]> = []
    for seed in 0..<20 as Range<UInt64> {
      let first = try targets(one, seed: seed).targets
      #expect(first.count == 1)
      #expect(try targets(one, seed: seed).targets == first)
      seen.insert(first)
    }
    #expect(seen == [["db-a"], ["db-b"]])
  }

  @Test func aNodeOnBothSidesIsRefused() throws {
    let trial = Trial(
      [
        .fault(
          1, try Partition(.none), at: .zero, for: .seconds(1),
          .path(from: Target(.site("a")), to: Target(.owner(of: "vip")), isTwoWay: true))
      ], on: try FakeCluster())
    #expect(trial.acts == [])
    #expect(trial.marks[0].confirmation.hasSuffix("the same node is on both sides"))
  }
}
