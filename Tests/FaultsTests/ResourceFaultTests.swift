import Basics
import Faults
import Histories
import Stacks
import Testing

/// Faults that take a resource away: what they ask for, and what they believe.
@Suite struct ResourceFaultTests {
  private let onProxy = AimedAt.target(Target(.node("lb-a")), component: "proxy")
  private let onNode = AimedAt.target(Target(.node("lb-a")), component: nil)

  /// Runs one fault for two seconds, with the same reading at every look.
  private func trial(
    _ fault: some Fault, _ aim: AimedAt, _ reading: SqueezeReading?,
    events: [(at: Duration, what: (FakeCluster) -> Void)] = []
  ) throws -> Trial {
    let cluster = try FakeCluster()
    cluster.squeezeReading = reading
    return Trial(
      [.fault(1, fault, at: .seconds(1), for: .seconds(2), aim)], on: cluster, events: events)
  }

  private func quota(_ quota: Double = 0.2) throws -> CPUQuota {
    try CPUQuota(Settings(["quota": .ratio(Ratio(quota))]))
  }

  private func processor(_ used: Duration, exhausted: Int, processes: Int = 2) -> SqueezeReading {
    .cpu(.init(window: .seconds(2), used: used, exhausted: exhausted, processes: processes))
  }

  @Test func aQuotaIsSeenInTheProcessorTime() throws {
    let trial = try trial(quota(), onProxy, processor(.milliseconds(400), exhausted: 18))
    #expect(
      trial.cluster.transcript == [
        "journal injecting 1", "squeeze lb-a/proxy cpu 20% as 'step-1 lb-a/proxy'",
        "journal injected 1", "journal confirmed 1", "journal healing 1",
        "release 'step-1 lb-a/proxy'", "journal healed 1", "journal healConfirmed 1",
      ])
    #expect(
      trial.marks[0].confirmation
        == "lb-a/proxy used 20% of a processor in 2 s, stopped 18 times while it wanted more")
    #expect(trial.marks[0].healConfirmed != nil)
  }

  @Test func whoWantsLittleIsNotSlowed() throws {
    let trial = try trial(quota(), onProxy, processor(.milliseconds(6), exhausted: 0))
    #expect(trial.marks[0].confirmed == nil)
    #expect(
      trial.marks[0].confirmation
        == "lb-a/proxy used 0.3% of a processor in 2 s, and wanted more in 0 periods only")
  }

  /// A quota that stops nobody would be seen so.
  @Test func whoUsesMoreThanTheQuotaHasNone() throws {
    let trial = try trial(quota(), onProxy, processor(.milliseconds(1900), exhausted: 20))
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation.hasSuffix("which is more than may"))
  }

  @Test func aQuotaThatDoesNotLastIsRefuted() throws {
    let late = processor(.milliseconds(1900), exhausted: 20)
    let trial = try trial(
      quota(), onProxy, processor(.milliseconds(400), exhausted: 18),
      events: [(.seconds(2), { $0.squeezeReading = late })])
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation.hasPrefix("took effect, but did not last"))
  }

  @Test func ofANodeEachComponentIsSqueezed() throws {
    let trial = try trial(quota(), onNode, processor(.milliseconds(400), exhausted: 18))
    #expect(
      trial.acts == [
        "squeeze lb-a/proxy cpu 20% as 'step-1 lb-a/proxy'",
        "squeeze lb-a/vrrp cpu 20% as 'step-1 lb-a/vrrp'", "release 'step-1 lb-a/proxy'",
        "release 'step-1 lb-a/vrrp'",
      ])
  }

  @Test func whatIsDownIsNotSqueezed() throws {
    let cluster = try FakeCluster()
    cluster.states[InstanceID(node: "lb-a", component: "proxy")] = InstanceState(
      isMainAlive: false, processes: 0)
    let trial = Trial(
      [.fault(1, try quota(), at: .zero, for: .seconds(1), onProxy)], on: cluster)
    #expect(trial.marks[0].confirmation.contains("it was not running"))
    #expect(!trial.acts.contains { $0.hasPrefix("squeeze") })
  }

  private func memory(_ victims: [SqueezeReading.Memory.Victim]) -> SqueezeReading {
    .memory(.init(usedBytes: 10 << 20, mostBytes: 70 << 20, victims: victims))
  }

  @Test func aProcessIsKilledForTheMemoryOfAll() throws {
    let fault = try MemoryLimit(Settings(["limit": .text("64MiB")]))
    let trial = try trial(
      fault, onProxy,
      memory([.init(process: "7 (worker)", usedBytes: 70 << 20, isGone: true)]))
    #expect(
      trial.acts == [
        "squeeze lb-a/proxy memory 67108864 as 'step-1 lb-a/proxy'",
        "release 'step-1 lb-a/proxy'", "start lb-a/proxy",
      ])
    #expect(
      trial.marks[0].confirmation
        == "process 7 (worker) of lb-a/proxy was killed when all had 70 MiB resident, and is gone")
    #expect(trial.marks[0].healConfirmed != nil)
  }

  @Test func aLimitThatIsNeverReachedDoesNothing() throws {
    let trial = try trial(MemoryLimit(.none), onProxy, memory([]))
    #expect(trial.marks[0].confirmed == nil)
    #expect(
      trial.marks[0].confirmation
        == "lb-a/proxy had 70 MiB resident at most, which is within its limit")
  }

  @Test func whoWasKilledButLivesIsNotCounted() throws {
    let trial = try trial(
      MemoryLimit(.none), onProxy,
      memory([.init(process: "7 (worker)", usedBytes: 70 << 20, isGone: false)]))
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation.hasSuffix("but is still there"))
  }

  @Test(arguments: ["x", "0", "64X", "512K"]) func aLimitIsASize(text: String) {
    #expect(throws: FaultSettingsError.self) {
      try MemoryLimit(Settings(["limit": .text(text)]))
    }
  }

  private func files(limit: Int = 12, wasFull: Bool = true) -> SqueezeReading {
    .descriptors([
      .init(process: "7 (main)", limit: 9, intended: 9, open: 9, wasFull: true),
      .init(process: "8 (worker)", limit: limit, intended: 12, open: 13, wasFull: wasFull),
    ])
  }

  @Test func descriptorsAreTakenFromEachProcess() throws {
    let trial = try trial(DescriptorsExhausted(.none), onProxy, files())
    #expect(
      trial.acts == [
        "squeeze lb-a/proxy descriptors as 'step-1 lb-a/proxy'", "release 'step-1 lb-a/proxy'",
      ])
    #expect(
      trial.marks[0].confirmation
        == "lb-a/proxy has no descriptor left: 2 processes, 9 to 13 open")
  }

  @Test func aDescriptorLeftIsNoExhaustion() throws {
    let trial = try trial(DescriptorsExhausted(.none), onProxy, files(wasFull: false))
    #expect(
      trial.marks[0].confirmation
        == "process 8 (worker) of lb-a/proxy still has a descriptor left")
    #expect(trial.marks[0].confirmed == nil)
  }

  @Test func aLimitThatTheKernelDoesNotShowIsNone() throws {
    let trial = try trial(DescriptorsExhausted(.none), onProxy, files(limit: 1024))
    #expect(trial.marks[0].confirmed == nil)
    #expect(trial.marks[0].confirmation.hasSuffix("may open 1024 files, not 12"))
  }

  private func connections(from: String? = nil) throws -> ConnectionsHeld {
    var settings = Settings(["port": .integer(80), "count": .integer(50)])
    settings["from"] = from.map { .text($0) }
    return try ConnectionsHeld(settings)
  }

  @Test func connectionsAreCountedAtTheServer() throws {
    let trial = try trial(
      connections(from: "client"), onProxy, .connections(.init(wanted: 50, established: 50)))
    #expect(
      trial.acts == [
        "squeeze lb-a/proxy connections 50 80 client as 'step-1 lb-a/proxy'",
        "release 'step-1 lb-a/proxy'",
      ])
    #expect(
      trial.marks[0].confirmation
        == "50 of 50 connections to port 80 of lb-a/proxy are established, by its own kernel")
  }

  @Test func oneConnectionTooFewIsTooFew() throws {
    let trial = try trial(
      connections(), onProxy, .connections(.init(wanted: 50, established: 49)))
    #expect(trial.marks[0].confirmed == nil)
  }

  @Test func connectionsComeFromANodeThatThereIs() throws {
    let stack = try FakeCluster().stack
    #expect(try connections(from: "nowhere").refusal(aimedAt: onProxy, in: stack)?.key == "from")
    #expect(try connections(from: "client").refusal(aimedAt: onProxy, in: stack) == nil)
  }

  @Test(arguments: [true, false]) func localPortsAreUsedUpWhereNoneIsFound(isRefused: Bool) throws {
    let trial = try trial(
      PortsUsedUp(.none), .target(Target(.node("client")), component: nil),
      .ports(.init(count: 32, isRefused: isRefused)))
    #expect(trial.acts == ["squeeze client ports as 'step-1 client'", "release 'step-1 client'"])
    #expect((trial.marks[0].confirmed != nil) == isRefused)
  }

  @Test(arguments: [true, false]) func aTableIsFullWhereAStartIsRefused(isRefused: Bool) throws {
    let trial = try trial(
      ProcessTableFull(.none), onNode,
      .processes(.init(fillers: 290, limit: 301, isRefused: isRefused)))
    #expect(trial.acts == ["squeeze lb-a processes as 'step-1 lb-a'", "release 'step-1 lb-a'"])
    #expect((trial.marks[0].confirmed != nil) == isRefused)
  }

  @Test func whatCannotBeReleasedIsNotHealed() throws {
    let cluster = try FakeCluster()
    cluster.squeezeReading = processor(.milliseconds(400), exhausted: 18)
    cluster.failing = ["release"]
    let trial = Trial(
      [.fault(1, try quota(), at: .zero, for: .seconds(1), onProxy)], on: cluster)
    #expect(trial.marks[0].healConfirmed == nil && !trial.failures.isEmpty)
  }
}
