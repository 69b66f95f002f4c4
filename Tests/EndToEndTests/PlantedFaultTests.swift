import Foundation
import Testing

extension EndToEnd {
  /// Services with a planted fault, each with the verdict that it deserves.
  @Suite(.needs("/usr/bin/python3")) struct PlantedFaults {
    static let adds =
      "orders: {kind: set, service: one, rate: 100/s, clients: 8, from: {role: client}, timeout: 1s, "
      + "client: {http: {definite: [503]}}}"
    static let pages =
      "pages: {kind: call, service: page, rate: 40/s, clients: 8, from: {role: client}, timeout: 1s}"

    @Test func halfOfTheRequestsBadUntilTheHealIsNoFailover() throws {
      let (ended, result) = try PlantedProject(
        "turns", workload: Self.pages,
        method: "{at: 500ms, fault: kill, target: {node: store-a}, component: odd-store, for: 5s}",
        invariants: ["failover-time: {workload: pages, fault: 1, first-good: 2s}"]
      ).run()
      #expect(ended.code == 1, "\(ended)")
      let failover = try #require(result.invariant("failover-time"))
      #expect(failover.verdict == "invalid", "\(ended)")
      #expect(failover.summary.contains("recovered only because the fault was healed"))
      #expect(failover.evidence.contains { $0.kind == "recovered only by the heal" })
      #expect(result.invariant("settles")?.verdict == "valid", "\(ended)")
    }

    /// The traffic is well, and one of two replicas cannot be asked.
    @Test func aReplicaThatIsDeadAtTheEndLeavesItsStateUnknown() throws {
      let (ended, result) = try PlantedProject(
        "stores", workload: Self.adds.replacing("service: one", with: "service: other"),
        method:
          "{at: 500ms, fault: kill, target: {node: store-a}, component: odd-store, for: forever}",
        invariants: ["set", "set-full", "no-lost-writes"].map { "\($0): {workload: orders}" },
        rest: "with: {mode: mirrored}"
      ).run()
      #expect(ended.code == 6, "\(ended)")
      for name in ["set", "set-full", "no-lost-writes"] {
        #expect(result.invariant(name)?.verdict == "unknown", "\(name): \(ended)")
      }
      #expect(result.invariant("set")?.summary.contains("store-a") == true)
      #expect(result.invariant("settles")?.verdict == "valid", "\(ended)")
    }

    /// Neither invariant is written: the component says that its role is exclusive.
    @Test func aPromotionBesideALivingPrimaryIsASplitBrain() throws {
      let (ended, result) = try PlantedProject(
        "pair",
        workload: "orders: {kind: set, service: local, rate: 100/s, clients: 8, "
          + "from: {role: store}, timeout: 1s, reads: 2%}",
        method: "{at: 500ms, action: promote, target: {node: store-b}, component: paired-store}",
        invariants: ["availability: {workload: orders, at-least: 50%}"],
        settle: "{for: 3s, within: 6s}"
      ).run()
      #expect(ended.code == 1, "\(ended)")
      for name in ["single-leader", "no-lost-writes"] {
        #expect(result.invariant(name)?.verdict == "invalid", "\(name): \(ended)")
      }
      #expect(result.invariant("settles")?.verdict == "valid", "\(ended)")
    }

    /// The other node runs a process of the same name.
    @Test(.needs("/bin/pidof")) func aCheckByNameSeesItsOwnNodeOnly() throws {
      let (ended, result) = try PlantedProject(
        "address", workload: Self.pages,
        method: "{at: 500ms, fault: kill, target: {node: store-a}, component: odd-store, for: 5s}",
        invariants: [
          "failover-time: {workload: pages, fault: 1, first-good: 4s, sustained-good: 4500ms}",
          "address-returns: {address: vip, within: 3s, to: store-a}",
        ], settle: "{for: 3s, within: 8s}"
      ).run()
      #expect(ended.code == 0, "\(ended)")
      #expect(result.invariant("failover-time")?.verdict == "valid", "\(ended)")
      // It may go so fast that no request fails.
      #expect(ended.errors.contains("vip: store-b"), "\(ended)")
    }

    @Test func theEndOfAnotherComponentExcusesNoOverlap() throws {
      let (ended, result) = try PlantedProject(
        "keeps", workload: Self.pages,
        method:
          "{at: 500ms, fault: terminate, target: {node: store-a}, component: odd-store, for: 3s}",
        invariants: ["single-owner: {address: vip, overlap: 500ms}"]
      ).run()
      #expect(ended.code == 1, "\(ended)")
      #expect(result.invariant("single-owner")?.verdict == "invalid", "\(ended)")
    }

    @Test func aWorkloadThatNoInvariantNamesIsAskedTheNaturalOnes() throws {
      let ended = try PlantedProject(
        "keeps", workload: Self.pages,
        method: "{at: 500ms, fault: kill, target: {node: store-a}, component: odd-store, for: 1s}",
        invariants: ["single-owner: {address: vip}"]
      ).plan()
      #expect(ended.code == 0, "\(ended)")
      for name in ["availability", "settles"] {
        let line = ended.output.split(separator: "\n").first { $0.hasPrefix("  \(name) ") }
        #expect(line?.contains("unasked") == true, "\(name): \(ended)")
      }
    }

    /// The first fault touches nothing that is asked, and is still active when the second begins.
    @Test func anOutageBelongsToTheSecondFaultThatMadeIt() throws {
      let (ended, result) = try PlantedProject(
        "stores", workload: Self.pages.replacing("service: page", with: "service: one"),
        method: "{at: 500ms, fault: pause, target: {node: store-b}, component: odd-store, for: 6s}"
          + "\n  - {at: 2s, fault: kill, target: {node: store-a}, component: odd-store, for: 2s}",
        invariants: [
          "failover-time: {workload: pages, sustained-good: 5s, recovers-alone: false}"
        ]
      ).run()
      #expect(ended.code == 0, "\(ended)")
      let summary = try #require(result.invariant("failover-time")?.summary, "\(ended)")
      #expect(summary.contains("pause odd-store on node store-b): no bad operation"), "\(summary)")
      #expect(summary.contains("pause odd-store on node store-b) was active, too"), "\(summary)")
    }

    /// The fault is held for as long as the harness is stopped, which is not what was meant.
    @Test func aHarnessThatStoodStillSaysHowLong() throws {
      let planted = try PlantedProject(
        "stores", workload: Self.adds,
        method: "{at: 500ms, fault: pause, target: {node: store-b}, component: odd-store, for: 1s}",
        invariants: ["availability: {workload: orders, at-least: 1%}"])
      let program = try planted.project.start()
      try program.await("pause odd-store on node store-b")
      let inner = try #require(program.traces.inner)
      kill(inner, SIGSTOP)
      usleep(3_500_000)
      kill(inner, SIGCONT)
      let ended = try program.finish()
      program.traces.expectGone()
      let method = try #require(planted.result().invariant("method"), "\(ended)")
      #expect(method.verdict == "unknown" && method.summary.contains(" ms"), "\(ended)")
      #expect(ended.code == 6, "\(ended)")
    }
  }
}
