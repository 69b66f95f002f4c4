import Basics
import Faults
import Histories
import Stacks
import Testing

@Suite struct FaultTests {
  private let onA = AimedAt.target(Target(.node("lb-a")), component: "proxy")

  private func path(_ a: Target.Selector, _ b: Target.Selector?, isTwoWay: Bool = true) -> AimedAt {
    .path(from: Target(a), to: b.map { Target($0) }, isTwoWay: isTwoWay)
  }

  /// Runs one fault for two seconds; the transcript must be exactly this, journal included.
  private func expect(
    _ fault: some Fault, _ aim: AimedAt, _ injected: [String], _ healed: [String],
    _ confirmation: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let trial = Trial(
      [.fault(1, fault, at: .seconds(1), for: .seconds(2), aim)],
      on: try FakeCluster())
    let mark = trial.marks[0]
    #expect(
      trial.cluster.transcript
        == ["journal injecting 1"] + injected + ["journal injected 1", "journal confirmed 1"]
        + ["journal healing 1"] + healed + ["journal healed 1", "journal healConfirmed 1"],
      sourceLocation: sourceLocation)
    #expect(mark.confirmation == confirmation, sourceLocation: sourceLocation)
    #expect(mark.injected == .start.advanced(by: .seconds(1)), sourceLocation: sourceLocation)
    #expect(mark.confirmed != nil, sourceLocation: sourceLocation)
    #expect(mark.healed == .start.advanced(by: .seconds(3)), sourceLocation: sourceLocation)
    #expect(mark.healConfirmed != nil, sourceLocation: sourceLocation)
    #expect(trial.failures.isEmpty, sourceLocation: sourceLocation)
  }

  @Test func killTakesAllProcesses() throws {
    try expect(
      Kill(.none), onA, ["signal KILL lb-a/proxy"], ["start lb-a/proxy"],
      "every process of lb-a/proxy is gone")
  }

  @Test func killOfTheMainProcessLeavesTheOthers() throws {
    try expect(
      Kill(Settings(["only": .text("main")])), onA, ["signal KILL lb-a/proxy main"],
      ["start lb-a/proxy"], "main process of lb-a/proxy is gone")
  }

  @Test func killOfANodeTakesItsPower() throws {
    try expect(
      Kill(.none), .target(Target(.site("a")), component: nil),
      ["power off lb-a", "power off db-a"], ["power on lb-a", "power on db-a"],
      "lb-a and db-a without power, all processes gone")
  }

  @Test func terminateAsksTheMainProcess() throws {
    try expect(
      Terminate(.none), onA, ["signal TERM lb-a/proxy main"], ["start lb-a/proxy"],
      "every process of lb-a/proxy is gone")
  }

  @Test func restartStopsAndStarts() throws {
    try expect(
      Restart(.none), .target(Target(.node("lb-a")), component: nil),
      ["stop lb-a/vrrp", "stop lb-a/proxy"], ["start lb-a/proxy", "start lb-a/vrrp"],
      "every process of lb-a/proxy and lb-a/vrrp is gone")
  }

  @Test func pauseFreezesAndThaws() throws {
    try expect(
      Pause(.none), onA, ["freeze lb-a/proxy"], ["thaw lb-a/proxy"],
      "the freezer holds lb-a/proxy")
  }

  @Test func linkDownTakesTheCarrier() throws {
    try expect(
      LinkDown(.none), .target(Target(.node("db-b")), component: nil), ["carrier db-b down"],
      ["carrier db-b up"], "db-b sees no carrier")
  }

  @Test func partitionCutsBothWays() throws {
    try expect(
      Partition(.none), path(.site("a"), .site("b")),
      ["impair step-1 db-a,lb-a <> db-b,lb-b cut"], ["lift step-1"],
      "probes passed each of 1 ways before, and none since; the fabric dropped 3 packets")
  }

  @Test func partitionCutsOneWay() throws {
    try expect(
      Partition(.none), path(.node("lb-a"), .site("b"), isTwoWay: false),
      ["impair step-1 lb-a > db-b,lb-b cut"], ["lift step-1"],
      "probes passed each of 1 ways before, and none since; the fabric dropped 3 packets")
  }

  @Test func partitionFromEveryoneElse() throws {
    try expect(
      Partition(.none), path(.owner(of: "vip"), nil),
      ["impair step-1 lb-a <> client,db-a,db-b,lb-b cut"], ["lift step-1"],
      "probes passed each of 1 ways before, and none since; the fabric dropped 3 packets")
  }

  @Test func delayIsConfirmedByMeasuredTimes() throws {
    let cluster = try FakeCluster()
    cluster.traffic = PolicyTraffic(
      dropped: 0, passed: 5, probes: [.seen(arrived: 2, typical: .microseconds(40_100))])
    let fault = try Delay(
      Settings(["delay": .duration(.milliseconds(50)), "jitter": .duration(.milliseconds(10))]))
    let trial = Trial(
      [.fault(1, fault, at: .zero, for: .seconds(1), path(.site("a"), .site("b")))], on: cluster)
    #expect(trial.acts[0] == "impair step-1 db-a,lb-a <> db-b,lb-b delay 50ms 10ms")
    #expect(trial.marks[0].confirmation == "probes on each of 1 ways took 40.1ms and more")
    #expect(trial.marks[0].confirmed != nil)
    #expect(
      trial.marks[0].measures == [
        FaultMeasure(
          "one way, half of the probes at most", requested: "50ms more", measured: "40.1ms")
      ])
  }

  @Test func lossIsConfirmedByALostPacket() throws {
    let cluster = try FakeCluster()
    cluster.traffic = PolicyTraffic(dropped: 1, passed: 50, probes: [.seen(arrived: 9)])
    let fault = try Loss(Settings(["loss": .ratio(Ratio(0.05))]))
    let trial = Trial(
      [.fault(1, fault, at: .zero, for: .seconds(1), path(.site("a"), .site("b")))], on: cluster)
    #expect(trial.acts[0] == "impair step-1 db-a,lb-a <> db-b,lb-b loss 5%")
    #expect(trial.marks[0].confirmed != nil)
    #expect(
      trial.marks[0].measures == [
        FaultMeasure("lost", requested: "5%", measured: "1.96% of 51 packets")
      ])
  }

  @Test func promoteIsConfirmedByTheRole() throws {
    let trial = Trial(
      [
        .action(
          1, try Promote(.none), at: .seconds(1),
          .target(Target(.node("db-b")), component: "db"))
      ], on: try FakeCluster())
    #expect(trial.acts == ["promote db-b/db"])
    #expect(trial.marks[0].isAction)
    #expect(trial.marks[0].confirmation == "db-b/db says that it leads")
    #expect(trial.marks[0].healed == nil)
  }

  @Test func stopAndStartAreLeftAsTheyAre() throws {
    let trial = Trial(
      [
        .action(1, try Stop(.none), at: .seconds(1), onA),
        .action(2, try Start(.none), at: .seconds(2), onA),
      ], on: try FakeCluster())
    #expect(trial.acts == ["stop lb-a/proxy", "start lb-a/proxy"])
    #expect(trial.marks.allSatisfy { $0.confirmed != nil && $0.healed == nil })
  }

  @Test(arguments: [
    // Stray packets that the fabric dropped show nothing: nobody knows that they would have passed.
    (PolicyTraffic(dropped: 9, passed: 0), "no probe arrived on any of its ways before"),
    (PolicyTraffic(dropped: 9, passed: 0, probes: [.seen(wasOpen: false, lost: 3)]), "no probe"),
    (
      PolicyTraffic(dropped: 9, passed: 0, probes: [.seen()]), "no probe from lb-a to db-b has been"
    ),
    (
      PolicyTraffic(dropped: 9, passed: 0, probes: [.seen(lost: 3), .seen(arrived: 1, lost: 3)]),
      "a probe passed from lb-a to db-b"
    ),
  ])
  func aPartitionWithoutEvidenceIsNotConfirmed(traffic: PolicyTraffic, reason: String) throws {
    let cluster = try FakeCluster()
    cluster.traffic = traffic
    let trial = Trial(
      [.fault(1, try Partition(.none), at: .zero, for: .seconds(1), path(.site("a"), .site("b")))],
      on: cluster)
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation.hasPrefix(reason))
    #expect(trial.acts.last == "lift step-1")
  }

  @Test func settingsThatMakeNoSenseAreRefused() {
    #expect(throws: FaultSettingsError.self) { try Loss(Settings(["loss": .ratio(.none)])) }
    #expect(throws: FaultSettingsError.self) {
      try Delay(Settings(["delay": .duration(.zero)]))
    }
    #expect(throws: FaultSettingsError.self) {
      try Delay(
        Settings(["delay": .duration(.seconds(1)), "jitter": .duration(.seconds(2))]))
    }
  }

  @Test func namesAreUnique() {
    let names = (FaultCatalogue.faults + FaultCatalogue.actions).map { $0.name }
    #expect(Set(names).count == names.count)
    #expect(FaultCatalogue.actions.allSatisfy { $0.isAction })
    #expect(FaultCatalogue.faults.allSatisfy { !$0.isAction })
  }
}
