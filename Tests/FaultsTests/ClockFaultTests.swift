import Basics
import Faults
import Histories
import Testing

@Suite struct ClockFaultTests {
  private let onA = AimedAt.target(Target(.node("lb-a")), component: "proxy")
  private let proxy = InstanceID(node: "lb-a", component: "proxy")

  private func jump(_ by: String) throws -> ClockJump {
    try ClockJump(Settings(["by": .text(by)]))
  }

  private func drift(_ rate: String) throws -> ClockDrift {
    try ClockDrift(Settings(["rate": .text(rate)]))
  }

  private func run(
    _ fault: some Fault, _ aim: AimedAt? = nil, for length: Duration = .seconds(2),
    on cluster: FakeCluster
  ) -> Trial {
    Trial([.fault(1, fault, at: .seconds(1), for: length, aim ?? onA)], on: cluster)
  }

  @Test func aJumpIsConfirmedAndTakenBack() throws {
    let trial = run(try jump("1h"), on: try FakeCluster())
    #expect(
      trial.cluster.transcript == [
        "journal injecting 1", "move clock lb-a/proxy by 3600s as step-1", "journal injected 1",
        "journal confirmed 1", "journal healing 1", "restore clock lb-a/proxy as step-1",
        "journal healed 1", "journal healConfirmed 1",
      ])
    #expect(
      trial.marks[0].confirmation == "lb-a/proxy asked +3600s, 2 processes read +3600s")
    #expect(trial.marks[0].healConfirmed != nil && trial.failures.isEmpty)
  }

  @Test func whatTheServerSaysStandsBesideWhatWasAsked() throws {
    let cluster = try FakeCluster()
    cluster.clocks.errors[proxy] = .milliseconds(-10) ... .milliseconds(20)
    let mark = run(try jump("-30s"), on: cluster).marks[0]
    #expect(mark.confirmed != nil)
    #expect(mark.confirmation.hasSuffix("2 processes read -30s, it says -30.01s to -29.98s"))
  }

  @Test func aServerThatSaysOtherwiseIsBelieved() throws {
    let cluster = try FakeCluster()
    cluster.clocks.errors[proxy] = .seconds(-3600) ... .seconds(-3599)
    let mark = run(try jump("1h"), on: cluster).marks[0]
    #expect(mark.confirmed == nil)
    #expect(mark.confirmation.contains("it says 0s to +1s itself, and +3600s was asked for"))
  }

  @Test func aStubIsNotConfirmed() throws {
    let cluster = try FakeCluster()
    cluster.clocks.isStub = true
    for fault in [try jump("1h"), try jump("-2ms")] {
      #expect(run(fault, on: cluster).marks[0].confirmed == nil)
    }
    let mark = run(try drift("10%"), on: cluster).marks[0]
    #expect(mark.confirmed == nil, "\(mark.confirmation)")
    let strobe = try ClockStrobe(Settings(["by": .text("5s")]))
    #expect(run(strobe, on: cluster).marks[0].confirmed == nil)
  }

  @Test func aProcessThatIsNotMovedIsNamed() throws {
    let cluster = try FakeCluster()
    cluster.clocks.unmoved[proxy] = ["process 7 (old): it is no 64-bit program"]
    let mark = run(try jump("1h"), on: cluster).marks[0]
    #expect(mark.confirmed == nil)
    #expect(mark.confirmation == "lb-a/proxy: process 7 (old): it is no 64-bit program")
  }

  @Test func aDriftMustLast() throws {
    let trial = run(try drift("10%"), on: try FakeCluster())
    #expect(trial.acts[0] == "move clock lb-a/proxy at 100000000 ppb as step-1")
    #expect(
      trial.marks[0].confirmation == "lb-a/proxy asked +200ms, 2 processes read +200ms")
  }

  @Test func aStrobeIsConfirmedOnceItHasTurned() throws {
    let fault = try ClockStrobe(
      Settings(["by": .text("-5s"), "period": .duration(.milliseconds(500))]))
    let trial = run(fault, on: try FakeCluster())
    let mark = trial.marks[0]
    #expect(trial.acts[0] == "move clock lb-a/proxy by -5s and back every 250ms as step-1")
    #expect(mark.confirmation.hasSuffix("turned 8 times"), "\(mark.confirmation)")
    let waited = mark.injected.duration(to: mark.confirmed ?? mark.injected)
    #expect(waited >= .milliseconds(500) && waited < .seconds(1))
  }

  @Test func aNodesInstancesAreMovedTogether() throws {
    let trial = run(
      try jump("1h"), .target(Target(.node("lb-a")), component: nil), on: try FakeCluster())
    #expect(
      trial.acts == [
        "move clock lb-a/proxy by 3600s as step-1", "move clock lb-a/vrrp by 3600s as step-1",
        "restore clock lb-a/proxy as step-1", "restore clock lb-a/vrrp as step-1",
      ])
  }

  @Test func overlappingMovementsAddUpAndEndEachForItself() throws {
    let cluster = try FakeCluster()
    let trial = Trial(
      [
        .fault(1, try jump("1h"), at: .seconds(1), for: .seconds(4), onA),
        .fault(2, try jump("-1m"), at: .seconds(2), for: .seconds(1), onA),
      ], on: cluster)
    #expect(trial.failures.isEmpty && trial.marks.allSatisfy { $0.healConfirmed != nil })
    #expect(trial.marks[1].confirmation.contains("asked +3540s, 2 processes read +3540s"))
    #expect(trial.marks[0].confirmation.contains("asked +3600s"))
    #expect(cluster.clocks.movements[proxy]?.isEmpty == true)
  }

  @Test func aClockThatKeepsAnythingIsNotHealed() throws {
    let cluster = try FakeCluster()
    cluster.clocks.isStuck = true
    let trial = run(try jump("1h"), on: cluster)
    #expect(trial.marks[0].healConfirmed == nil)
    #expect(trial.failures.last?.reason.contains("have not got their own clock back") == true)
  }

  @Test func whatDoesNotRunHasNoClock() throws {
    let cluster = try FakeCluster()
    cluster.states[proxy] = InstanceState(isMainAlive: false, processes: 0)
    let trial = run(try jump("1h"), on: cluster)
    #expect(trial.marks[0].confirmed == nil && !trial.failures.isEmpty)
    let bare = run(
      try jump("1h"), .target(Target(.node("client")), component: nil), on: try FakeCluster())
    #expect(bare.failures.first?.reason == "no component runs there")
  }

  @Test(arguments: ["0", "0s", "0.9ms", "1", "", "-", "--1s", "1 h", "-1x", "900000h", "1h30"])
  func aTimeThatIsNoneIsRefused(by: String) {
    #expect(throws: FaultSettingsError.self) { try jump(by) }
  }

  @Test(arguments: ["0%", "10", "-91%", "901%", "%", "ppm", "1e99%", "nan%"])
  func aRateThatIsNoneIsRefused(rate: String) {
    #expect(throws: FaultSettingsError.self) { try drift(rate) }
  }

  @Test func textsSayWhatIsDone() throws {
    #expect(try jump("1h").text == "set the clock ahead by 1h:")
    #expect(try jump("-90s").text == "set the clock back by 90s:")
    #expect(try drift("200ppm").text == "let the clock gain 200ppm:")
    #expect(try drift("-0.5%").text == "let the clock lose 0.5%:")
    #expect(try drift("-0.5%").rate == -5_000_000)
    #expect(ClockJump.needs == [.movedClocks] && Kill.needs.isEmpty)
  }
}
