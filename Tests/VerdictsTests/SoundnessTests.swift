import Basics
import Checking
import Experiments
import Histories
import Reports
import Testing

@testable import Verdicts

/// An invariant that held says nothing when the method was not carried out.
@Suite struct SoundnessTests {
  private func opinion(_ history: History) throws -> Judge.Opinion {
    Judge { .unlimited }.judge(history, by: try Fixture.plan())
  }

  @Test func aMethodThatWasCarriedOutIsNotMentioned() throws {
    let opinion = try opinion(Fixture.history())
    #expect(opinion.judgements.map(\.name) == ["no-lost-writes", "settles"])
    #expect(opinion.expectation.verdict == .valid, "\(opinion.expectation.sentence)")
  }

  /// Whoever judges one run alone says that it cannot show what many must; where somebody has them all it is for him.
  @Test func aBoundOfManyRunsIsNeverSilentlyKept() throws {
    var plan = try Fixture.plan()
    plan.bounds = [
      DistributionBound(
        invariant: "failover-time", part: "first-good", quantile: 0.95, most: .seconds(3),
        confidence: 0.95)
    ]
    let history = try Fixture.history()
    let alone = Judge { .unlimited }.judge(history, by: plan)
    #expect(alone.expectation.verdict == .unknown)
    #expect(alone.judgements.last?.finding.summary.contains("run it with --repeat 59") == true)
    let among = Judge { .unlimited }.judge(history, by: plan, isOneOfMany: true)
    #expect(among.expectation.verdict == .valid && among.judgements.count == 2)
  }

  static let doubts: [(String, @Sendable (inout [FaultMark]) -> Void)] = [
    ("'kill page on node web' was never done", { $0.removeFirst() }),
    (
      "'kill page on node web' was not confirmed: it lives",
      { ($0[0].confirmed, $0[0].confirmation) = (nil, "it lives") }
    ),
    ("'kill page on node web' was not seen to be healed", { $0[0].healConfirmed = nil }),
    ("'start page on node web' was not confirmed", { $0[1].confirmed = nil }),
  ]

  @Test(arguments: doubts.indices) func aDoubtAboutTheMethodIsUnknown(index: Int) throws {
    let (sentence, change) = Self.doubts[index]
    let opinion = try opinion(Fixture.history(change))
    #expect(opinion.judgements.map(\.finding.verdict) == [.valid, .valid, .unknown])
    #expect(opinion.judgements.last?.finding.summary == sentence)
    #expect(opinion.expectation.verdict == .unknown)
  }

  @Test func whatTheHarnessItselfFellShortOfIsUnknown() throws {
    let sentence = "the fabric itself dropped 7 frames from web to client"
    let opinion = try opinion(Fixture.history(shortfall: sentence))
    #expect(opinion.judgements.map(\.finding.verdict) == [.valid, .valid, .unknown])
    #expect(opinion.judgements.last?.finding.summary == sentence)
    #expect(opinion.expectation.verdict == .unknown)
  }

  /// Eleven seconds where ten were asked, or a start three seconds late: another experiment.
  @Test(
    arguments: [
      (0, 3000, 3000, "was injected 3000 ms late"),
      (0, 0, 2900, "was held for 3900 ms, 1s was meant"),
      (0, 0, 400, nil), (2, 900, 0, nil), (2, 1500, 0, "was injected 1500 ms late"),
    ] as [(Int, Int, Int, String?)])
  func whatWasDoneAtAnotherTimeIsAnotherExperiment(
    index: Int, injected: Int, healed: Int, doubt: String?
  ) throws {
    let history = try Fixture.history { marks in
      marks[index].injected = marks[index].injected.advanced(by: .milliseconds(injected))
      marks[index].healed = marks[index].healed?.advanced(by: .milliseconds(healed))
    }
    let doubts = try Soundness(plan: Fixture.plan(), history: history).doubts
    #expect(doubts.count == (doubt == nil ? 0 : 1), "\(doubts)")
    if let doubt { #expect(doubts.first?.contains(doubt) == true, "\(doubts)") }
  }

  /// What was let begin three seconds later is as it was meant to be, and what was held meanwhile, too.
  @Test func steppingThroughIsNoLateness() throws {
    func doubts(_ facts: [Observation]) throws -> [String] {
      let history = try Fixture.history(facts: facts) { marks in
        marks[0].healed = marks[0].healed?.advanced(by: .milliseconds(3000))
        marks[1].injected = marks[1].injected.advanced(by: .milliseconds(3000))
        marks[1].confirmed = marks[1].injected
      }
      return try Soundness(plan: Fixture.plan(), history: history).doubts
    }
    #expect(try doubts([]).count == 2)
    let held = Fact.heldUp(step: 2, .seconds(3))
    let during = Observation(time: .milliseconds(Fixture.origin + 4500), held)
    #expect(try doubts([during]).isEmpty)
    // What had been held up later explains neither.
    let after = Observation(time: .milliseconds(Fixture.origin + 10_000), held)
    #expect(try doubts([after]).count == 2)
  }

  @Test func whatIsMeantToLastNeedsNoHealing() throws {
    let history = try Fixture.history()
    #expect(history.faults[2].healed == nil)
    #expect(try Soundness(plan: Fixture.plan(), history: history).doubts.isEmpty)
  }

  @Test func withoutTrafficDuringAFaultNothingIsKnown() throws {
    let history = try Fixture.history(orders: 35..<100)
    let doubts = try Soundness(plan: Fixture.plan(), history: history).doubts
    #expect(doubts == ["no operation was made while 'kill page on node web' was active"])
  }

  @Test func aDoubtNeverHidesAViolation() throws {
    var builder = HistoryBuilder()
    let add = builder.function("add")
    let workload = builder.label("pages")
    for (kind, time) in [(Event.Kind.invoke, 1), (.ok, 2)] {
      var event = Event(
        process: 0, kind: kind, function: add, value: builder.values.integer(1),
        time: .milliseconds(time))
      event.workload = workload
      try builder.append(event)
    }
    for (kind, time) in [(Event.Kind.invoke, 3), (.ok, 4)] {
      var event = Event(
        process: 0, kind: kind, function: builder.function("read"),
        value: kind == .ok ? builder.values.list([]) : .none, time: .milliseconds(time))
      event.workload = workload
      event.isFinal = true
      try builder.append(event)
    }
    let opinion = try opinion(builder.finish())
    #expect(opinion.judgements.map(\.finding.verdict) == [.invalid, .unknown, .unknown])
    #expect(opinion.expectation.verdict == .invalid)
  }
}
