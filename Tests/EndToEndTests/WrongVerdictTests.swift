import Foundation
import Testing

extension EndToEnd {
  /// Runs that were green, or red, by mistake: each is what a user met.
  @Suite(.needs("/usr/bin/python3")) struct WrongVerdicts {
    static let harmless =
      "{at: 500ms, fault: delay, between: [{site: a}, {site: b}], delay: 5ms, for: 1s}"

    @Test func aServiceThatNeverTakesAWriteAgainHasNotRecovered() throws {
      let project = try StoreProject.make(
        mode: "stuck", method: Self.harmless,
        invariants: ["no-lost-writes: {workload: orders}"])
      let ended = try project.run()
      #expect(ended.code == 1, "\(ended)")
      let result = try StoreProject.result(project)
      #expect(result.invariant("no-lost-writes")?.verdict == "valid")
      #expect(result.invariant("settles")?.verdict == "invalid")
      #expect(ended.output.contains("the service has not recovered"), "\(ended)")
    }

    @Test func aLastingOutageThatIsExpectedIsGreen() throws {
      let project = try StoreProject.make(
        mode: "stuck", method: Self.harmless,
        invariants: ["no-lost-writes: {workload: orders}"], rest: "expect: [settles]")
      #expect(try project.run().code == 0)
    }

    /// It answers everything in the end, seconds late.
    @Test func aHangIsNotAvailability() throws {
      let project = try StoreProject.make(
        workload: "{kind: call, service: one, rate: 80/s, clients: 8, from: {role: client}, "
          + "timeout: 1s}",
        method: "{at: 500ms, fault: pause, target: {node: store-a}, component: store, for: 4s}",
        invariants: [
          "availability: {workload: orders, at-least: 60%}", "failover-time: {fault: 1}",
        ])
      let ended = try project.run()
      #expect(ended.code == 1, "\(ended)")
      let result = try StoreProject.result(project)
      #expect(result.invariant("availability")?.verdict == "invalid")
      #expect(
        result.invariant("failover-time")?.summary.contains("only because the fault was healed")
          == true, "\(ended)")
      #expect(result.invariant("settles")?.verdict == "valid")
    }

    @Test func aReplicaThatIsGoneSaysNothingOfTheEnd() throws {
      let project = try StoreProject.make(
        method: "{at: 500ms, fault: kill, target: {node: store-a}, component: store, for: forever}",
        invariants: ["set: {workload: orders}"], rest: "expect: [settles]")
      let ended = try project.run()
      #expect(ended.code == 6, "\(ended)")
      #expect(try StoreProject.result(project).invariant("set")?.verdict == "unknown")
    }

    /// Each has its half; that one of them has it is not enough, unless somebody says so.
    @Test(arguments: [("", "invalid"), (", replicas: any", "valid")])
    func everyReplicaMustHaveWhatWasAcknowledged(replicas: String, verdict: String) throws {
      let project = try StoreProject.make(
        workload: StoreProject.set(service: "local", from: "store"), method: Self.harmless,
        invariants: ["no-lost-writes: {workload: orders\(replicas)}"])
      let ended = try project.run()
      let found = try StoreProject.result(project).invariant("no-lost-writes")
      #expect(found?.verdict == verdict, "\(ended)")
      #expect(found?.summary.contains("differ") == true, "\(ended)")
    }

    @Test func twoWorkloadsOfOneStoreDoNotSeeEachOther() throws {
      let project = try StoreProject.make(
        other: StoreProject.set(), method: Self.harmless,
        invariants: ["set: {workload: orders}", "set: {name: other, workload: others}"])
      let ended = try project.run()
      #expect(ended.code == 0, "\(ended)")
    }

    /// Nobody sends anything from one store to the other.
    @Test func aPartitionWithoutTrafficIsConfirmedByProbes() throws {
      let project = try StoreProject.make(
        method:
          "{at: 500ms, fault: partition, between: [{node: store-a}, {node: store-b}], for: 1s}",
        invariants: [])
      let ended = try project.run()
      #expect(ended.code == 0, "\(ended)")
      let result = try StoreProject.result(project)
      #expect(result.faults.first?.confirmation.hasPrefix("probes passed each of 2 ways") == true)
      // Nobody asked a question; the natural ones were asked all the same.
      #expect(result.invariants.map(\.name) == ["no-lost-writes", "settles"])
    }

    @Test(arguments: [
      ("monotonic: {workload: orders}", "'monotonic' judges 'read' that completes with one value"),
      (
        "failover-time: {workload: orders, fault: 1, first-good: 1ms}",
        "a bound of 1ms cannot be told by an operation every 10ms"
      ),
      (
        "failover-time: {workload: orders, fault: 1, first-good: 1s, late: 2s}",
        "cannot show that a bound of 1s was kept"
      ),
      ("failover-time: {workload: orders, fault: slow}", "unknown step 'slow'; did you mean 'slow"),
    ])
    func whatCannotBeJudgedIsRefusedWithItsPlace(invariant: String, message: String) throws {
      let project = try StoreProject.make(
        method: Self.harmless.replacing("{at:", with: "{id: slowly, at:"), invariants: [invariant])
      let ended = try project.run()
      #expect(ended.code == 2, "\(ended)")
      #expect(ended.errors.contains("experiments/small.yaml:"), "\(ended)")
      #expect(ended.errors.contains(message), "\(ended)")
    }

    @Test func aStepMayBeNamed() throws {
      let project = try StoreProject.make(
        method: Self.harmless.replacing("{at:", with: "{id: slowly, at:"),
        invariants: ["failover-time: {workload: orders, fault: slowly, first-good: 1s}"])
      let ended = try project.faultline("plan", "experiments/small.yaml")
      #expect(ended.code == 0 && ended.output.contains("fault 1"), "\(ended)")
      #expect(ended.output.contains("unasked"), "\(ended)")
    }
  }
}
