import Basics
import Faults
import Histories
import Stacks
import Testing

/// Steps that wait for something, follow what waited, and runs that end before their time.
@Suite struct ConditionTests {
  private let onProxy = AimedAt.target(Target(.node("lb-a")), component: "proxy")

  private func waiting(
    for condition: Condition, within: Duration = .seconds(10), id: Int = 1
  ) throws -> Step {
    var step = Step.fault(
      id, try Pause(.none), at: .seconds(1), for: .seconds(2), onProxy)
    step.trigger = .init(condition, within: within)
    step.slack = within
    return step
  }

  private func seconds(_ instant: Instant?) -> Double? {
    instant.map { Instant.start.duration(to: $0).seconds }
  }

  @Test func aStepWaitsUntilTheAddressHasMoved() throws {
    let trial = Trial(
      [try waiting(for: .owner(of: "vip", .moved))], on: try FakeCluster(),
      events: [
        (.milliseconds(500), { $0.owners = ["lb-b"] }), (.seconds(4), { $0.owners = ["lb-a"] }),
      ])
    // What moved before anybody looked counts for nothing.
    #expect(abs(try #require(seconds(trial.marks.first?.injected)) - 4) < 0.05)
    #expect(abs(try #require(seconds(trial.marks.first?.healed)) - 6) < 0.05)
    #expect(trial.marks.first?.confirmed != nil)
  }

  @Test(arguments: [
    Condition.leader(of: "db", .to("db-b")), .leader(of: "db", .moved),
    .served(100, workload: nil), .bad(Ratio(0.5), over: .seconds(5), workload: nil),
    .probe("lag", of: InstanceID(node: "db-b", component: "db"), .above(5)),
  ])
  func eachConditionIsSeenOnceItHolds(_ condition: Condition) throws {
    let cluster = try FakeCluster()
    cluster.operations = OperationCounts(good: 50, bad: 1)
    let trial = Trial(
      [try waiting(for: condition)], on: cluster,
      events: [
        (
          .seconds(3),
          {
            $0.roles = ["db-a/db": "standby", "db-b/db": "primary"]
            $0.operations = OperationCounts(good: 150, bad: 200)
            $0.readings["db-b/db lag"] = 6
          }
        )
      ])
    #expect(abs(try #require(seconds(trial.marks.first?.injected)) - 3) < 0.05)
  }

  @Test func whatIsNotSeenInTimeIsNotDone() throws {
    let cluster = try FakeCluster()
    let trial = Trial(
      [try waiting(for: .owner(of: "vip", .to("lb-b")), within: .seconds(3))], on: cluster)
    #expect(trial.acts.isEmpty)
    #expect(trial.marks[0].confirmed == nil)
    #expect(
      trial.marks[0].confirmation
        == "not injected: wait for 'the owner of vip is lb-b': it was not seen within 3s")
  }

  @Test func whoFollowsComesAfterTheRealEnd() throws {
    var follower = Step.fault(2, try Kill(.none), at: .seconds(4), for: .seconds(1), onProxy)
    follower.follows = 1
    follower.slack = .seconds(10)
    let trial = Trial(
      [try waiting(for: .owner(of: "vip", .to("lb-b"))), follower], on: try FakeCluster(),
      events: [(.seconds(7), { $0.owners = ["lb-b"] })])
    // It was planned a second after the end of what it follows, which is at 9 s.
    #expect(abs(try #require(seconds(trial.marks[1].injected)) - 10) < 0.1)
    #expect(abs(try #require(seconds(trial.marks[1].healed)) - 11) < 0.1)
  }

  @Test func anAbortConditionEndsTheMethod() throws {
    let cluster = try FakeCluster()
    cluster.operations = OperationCounts(good: 90, bad: 10)
    let trial = Trial(
      [
        .fault(1, try Pause(.none), at: .seconds(1), for: .seconds(60), onProxy),
        .fault(2, try Kill(.none), at: .seconds(30), for: .seconds(1), onProxy),
      ], on: cluster, abortWhen: [.bad(Ratio(0.5), over: .seconds(5), workload: nil)],
      events: [(.seconds(3), { $0.operations = OperationCounts(good: 10, bad: 90) })])
    #expect(trial.acts == ["freeze lb-a/proxy", "thaw lb-a/proxy"])
    #expect(
      trial.abortion
        == "50% or more of the operations over 5s were bad: 90 of 100 were bad")
    #expect(abs(try #require(seconds(trial.marks[0].healed)) - 3) < 0.05)
  }

  @Test func whoLedWhenTheIntentWasWrittenIsStruck() throws {
    let cluster = try FakeCluster()
    cluster.ownerChanges = [["lb-a"], ["lb-b"], ["lb-b"]]
    let trial = Trial(
      [
        .fault(
          1, try Kill(.none), at: .seconds(1), for: .seconds(1),
          .target(Target(.owner(of: "vip")), component: "proxy"))
      ], on: cluster)
    #expect(trial.acts == ["signal KILL lb-b/proxy", "start lb-b/proxy"])
    #expect(trial.journal.filter { $0.phase == .injecting }.count == 2)
  }

  @Test func whoMovesForeverIsNotStruck() throws {
    let cluster = try FakeCluster()
    cluster.ownerChanges = (0..<9).map { $0.isMultiple(of: 2) ? ["lb-a"] : ["lb-b"] }
    let trial = Trial(
      [
        .fault(
          1, try Kill(.none), at: .seconds(1), for: .seconds(1),
          .target(Target(.owner(of: "vip")), component: "proxy"))
      ], on: cluster)
    #expect(trial.acts.isEmpty)
    #expect(trial.marks[0].confirmation.contains("moved again and again"))
  }
}
