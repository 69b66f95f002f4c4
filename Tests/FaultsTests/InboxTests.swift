import Basics
import Faults
import Histories
import Stacks
import Testing

/// What people ask of a nemesis while it works.
@Suite struct InboxTests {
  private func kill(_ node: NodeID, for length: Duration? = nil) throws -> Step {
    .fault(
      0, try Kill(.none), at: .zero, for: length,
      .target(Target(.node(node)), component: node.text.hasPrefix("lb") ? "proxy" : "db"))
  }

  private func trial(
    _ orders: [(at: Duration, what: (inout Inbox) -> Void)], until end: Duration = .seconds(10),
    on cluster: FakeCluster? = nil, abortWhen: [Condition] = []
  ) throws -> Trial {
    Trial(
      [], on: try cluster ?? FakeCluster(), abortWhen: abortWhen, orders: orders, cancelAt: end)
  }

  @Test func numbersFollowTheSchedulesLast() throws {
    var inbox = Inbox(after: 3)
    #expect(inbox.inject(try kill("lb-a")) == 4)
    inbox.add(.healAll)
    #expect(inbox.inject(try kill("lb-b")) == 5)
    #expect(inbox.take().count == 3)
    #expect(inbox.take().isEmpty)
  }

  @Test func aStepIsDoneWhenItIsAskedForAndHealedWhenItsTimeIsOver() throws {
    let step = try kill("lb-a", for: .seconds(2))
    let trial = try trial([(.seconds(3), { _ = $0.inject(step) })])
    #expect(trial.acts == ["signal KILL lb-a/proxy", "start lb-a/proxy"])
    let mark = try #require(trial.marks.first)
    let (asked, healed) = (Instant.start.advanced(by: .seconds(3)), try #require(mark.healed))
    #expect(mark.id == 1 && mark.injected >= asked)
    #expect(mark.injected <= asked.advanced(by: .milliseconds(100)))
    #expect(mark.injected.duration(to: healed) >= .milliseconds(1900))
    #expect(mark.confirmed != nil && mark.healConfirmed != nil)
  }

  @Test func oneIsHealedAloneAndNotOnceMoreWhenItsTimeIsOver() throws {
    let (one, other) = (try kill("lb-a", for: .seconds(8)), try kill("db-b"))
    let trial = try trial([
      (.seconds(1), { _ = ($0.inject(one), $0.inject(other)) }),
      (.seconds(2), { $0.add(.heal(1)) }),
    ])
    #expect(
      trial.acts == [
        "signal KILL lb-a/proxy", "signal KILL db-b/db", "start lb-a/proxy", "start db-b/db",
      ])
    let healed = try #require(trial.marks[0].healed)
    #expect(healed < .start.advanced(by: .milliseconds(2200)))
    #expect(try #require(trial.marks[1].healed) >= .start.advanced(by: .seconds(10)))
  }

  @Test func allAreHealedTheLastFirst() throws {
    let steps = [try kill("lb-a"), try kill("db-a"), try kill("db-b")]
    let trial = try trial([
      (.seconds(1), { for step in steps { _ = $0.inject(step) } }),
      (.seconds(2), { $0.add(.healAll) }),
    ])
    #expect(trial.acts.suffix(3) == ["start db-b/db", "start db-a/db", "start lb-a/proxy"])
  }

  @Test func whatIsInEffectIsNotDoneTwiceButWhatWasUndoneIs() throws {
    let step = try kill("lb-a")
    let cluster = try FakeCluster()
    let start = Step.action(
      0, try Start(.none), at: .zero, .target(Target(.node("lb-a")), component: "proxy"))
    let trial = try trial(
      [
        (.seconds(1), { _ = $0.inject(step) }), (.seconds(2), { _ = $0.inject(step) }),
        (.seconds(3), { _ = $0.inject(start) }), (.seconds(5), { _ = $0.inject(step) }),
      ], on: cluster)
    #expect(
      trial.acts.prefix(3) == [
        "signal KILL lb-a/proxy", "start lb-a/proxy", "signal KILL lb-a/proxy",
      ])
    #expect(
      trial.refusals == [
        2: "kill proxy on node lb-a: the same is active on the same target as 1; heal it first"
      ])
    #expect(trial.marks.map(\.id) == [1, 3, 4])
    #expect(trial.marks[2].confirmed != nil)
  }

  @Test func haltingForgetsWhatWasToCome() throws {
    let (one, later) = (try kill("lb-a", for: .seconds(5)), try kill("db-a"))
    let trial = try trial([
      (.seconds(1), { _ = $0.inject(one) }), (.seconds(2), { $0.add(.halt) }),
      (.seconds(4), { _ = $0.inject(later) }),
    ])
    #expect(
      trial.acts == [
        "signal KILL lb-a/proxy", "start lb-a/proxy", "signal KILL db-a/db", "start db-a/db",
      ])
  }

  @Test func moreTargetsThanMayBeHitAreNotHit() throws {
    var step = Step.fault(
      0, try Kill(.none), at: .zero, for: nil,
      .target(Target(.role("balancer")), component: "proxy"))
    step.mostTargets = 1
    let trial = try trial([(.seconds(1), { [step] in _ = $0.inject(step) })])
    #expect(trial.acts == [])
    #expect(trial.marks.isEmpty)
    let reason = "it would hit lb-a/proxy and lb-b/proxy, and at most 1 may be hit"
    #expect(try #require(trial.refusals[1]).hasSuffix(reason))
  }

  @Test func aConditionHaltsOnceAndTheNemesisGoesOn() throws {
    let cluster = try FakeCluster()
    let (step, later) = (try kill("lb-a"), try kill("db-a"))
    let trial = Trial(
      [], on: cluster, abortWhen: [.owner(of: "vip", .to("lb-b"))],
      events: [(.seconds(2), { $0.owners = ["lb-b"] })],
      orders: [(.seconds(1), { _ = $0.inject(step) }), (.seconds(3), { _ = $0.inject(later) })],
      cancelAt: .seconds(5))
    #expect(trial.halts == ["the owner of vip is lb-b: it is lb-b"])
    #expect(trial.abortion == nil)
    #expect(try #require(trial.marks[0].healed) < .start.advanced(by: .milliseconds(2300)))
    #expect(trial.marks[1].confirmed != nil)
  }

  /// The schedule's time stands still while a step waits: what is active lasts as long as it was meant beside
  /// what comes after it.
  @Test func eachStepWaitsUntilItIsLetBegin() throws {
    let steps: [Step] = [
      .fault(
        1, try Kill(.none), at: .seconds(1), for: .seconds(4),
        .target(Target(.node("lb-a")), component: "proxy")),
      .fault(
        2, try Pause(.none), at: .seconds(2), for: .seconds(1),
        .target(Target(.node("db-b")), component: "db")),
    ]
    let trial = Trial(steps, on: try FakeCluster(), opens: [.seconds(3), .seconds(10)])
    func seconds(_ instant: Instant?) throws -> Double {
      (Instant.start.duration(to: try #require(instant)).seconds * 10).rounded() / 10
    }
    #expect(try seconds(trial.marks[0].injected) == 3)
    #expect(try seconds(trial.marks[1].injected) == 10)
    #expect(try seconds(trial.marks[1].healed) == 11)
    #expect(try seconds(trial.marks[0].healed) == 13)
    let waits = trial.waits.mapValues { ($0.seconds * 10).rounded() / 10 }
    #expect(waits == [1: 2, 2: 6])
  }
}
