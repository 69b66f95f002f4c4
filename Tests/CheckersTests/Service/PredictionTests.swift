import Basics
import Checking
import Histories
import Testing

@testable import Checkers

extension HistorySketch {
  /// A prediction of `a/INSTANCE`, as files spell it; times in milliseconds.
  mutating func predict(
    _ subject: String, of component: String = "lb", on node: String = "a", _ least: Int,
    _ most: Int?, after struck: String
  ) {
    let most = most.map { "\($0)000000" } ?? "-"
    let columns = FactColumns(
      kind: "prediction", subject: component, node: node,
      value: "\(subject) \(least)000000 \(most) \(struck)", source: "a book")
    observations.append(Observation(time: .start, columns.fact!))
  }

  /// Answers to the same question every half second, until something changes.
  mutating func ask(
    _ kind: SeenKind, _ component: String, _ node: String, _ answers: [(Double, String)],
    from source: String = "role-query"
  ) {
    for (time, answer) in answers { see(kind, component, node, answer, from: source, at: time) }
  }
}

/// An address at `a`, which dies at 2 s; `b` has it some time later.
private func moved(
  at seen: Double?, least: Int = 200, most: Int? = 400, targets: [String] = ["a"]
) -> HistorySketch {
  var sketch = HistorySketch()
  sketch.see(.owner, "vip", "a", "held", at: 0)
  if let seen { sketch.see(.owner, "vip", "b", "held", at: seen) }
  sketch.see(.phase, "down", at: 9000)
  sketch.predict("address", least, most, after: "a a/lb")
  sketch.fault("kill", at: 2000, healed: 6000, targets: targets)
  sketch.observations.sort { $0.time < $1.time }
  return sketch
}

struct CheckedPredictionTests {
  private func only(_ sketch: HistorySketch) throws -> CheckedPrediction {
    let all = CheckedPrediction.all(in: sketch.history())
    #expect(all.count == 1)
    return try #require(all.first)
  }

  /// The fault was confirmed 1 ms after its injection, and an observer may see it 10 ms late.
  @Test func aTakeoverIsMeasuredFromTheFault() throws {
    let checked = try only(moved(at: 2300))
    #expect(checked.measured == (Duration.milliseconds(289)...Duration.milliseconds(300)))
    #expect(checked.standing == .inside && checked.excess == .zero)
    #expect(checked.what == "vip elsewhere than a" && checked.fault == 1)
    #expect(checked.measuredText == "289 to 300 ms")
  }

  @Test(arguments: [
    (2199.0, CheckedPrediction.Standing.outside), (2205, .straddling), (2215, .inside),
    (2400, .inside), (2405, .straddling), (2415, .outside),
  ])
  func onlyAWholeIntervalOutsideIsOutside(
    seen: Double, standing: CheckedPrediction.Standing
  ) throws {
    #expect(try only(moved(at: seen)).standing == standing)
  }

  @Test func withoutAMostNothingIsTooLate() throws {
    #expect(try only(moved(at: 8000, most: nil)).standing == .inside)
    #expect(try only(moved(at: 2100, most: nil)).standing == .outside)
  }

  @Test func whatWasNotSeenIsNotZero() throws {
    let checked = try only(moved(at: nil))
    #expect(checked.measured == nil && checked.excess == nil && checked.standing == .notSeen)
    #expect(checked.measuredText == "not seen in 7000 ms")
  }

  @Test func aStallThatCouldHaveDecidedItIsNamed() throws {
    var sketch = moved(at: 2500)
    sketch.see(.stall, "nemesis", "", "100000000", at: 2450)
    sketch.observations.sort { $0.time < $1.time }
    #expect(try only(sketch).standing == .stalled)
    // Another one, before the fault, decided nothing.
    var other = moved(at: 2500)
    other.see(.stall, "nemesis", "", "100000000", at: 1900)
    other.observations.sort { $0.time < $1.time }
    #expect(try only(other).standing == .outside)
  }

  @Test(arguments: ["a/lb", "a"]) func whoWasStruckDecides(target: String) throws {
    #expect(CheckedPrediction.all(in: moved(at: 2300, targets: [target]).history()).count == 1)
  }

  @Test(arguments: ["b", "a/db", "b/lb"]) func anotherFaultIsNotMeant(target: String) throws {
    #expect(CheckedPrediction.all(in: moved(at: 2300, targets: [target]).history()).isEmpty)
  }

  @Test func whoeverDidNotHaveTheAddressLosesNone() throws {
    var sketch = moved(at: nil)
    sketch.observations.removeAll { if case .address = $0.fact { true } else { false } }
    sketch.see(.owner, "vip", "c", "held", at: 10)
    #expect(CheckedPrediction.all(in: sketch.history()).isEmpty)
  }

  /// A node that is slow, or whose disk fails, need not be taken over from; nor can a history decide that does not tell.
  @Test(arguments: [
    FaultReach.ways([.init(from: ["a"], to: ["b"])], .impaired),
    .ways([.init(from: ["a"], to: ["b"]), .init(from: ["b"], to: ["a"])], .cut), .other, nil,
  ])
  func onlyWhoIsTakenAwayIsTakenOverFrom(reach: FaultReach?) throws {
    var sketch = moved(at: 2700)
    sketch.faults[0].reach = reach
    #expect(CheckedPrediction.all(in: sketch.history()).isEmpty)
    #expect(try finding("as-predicted", sketch.history()).verdict == .unknown)
  }

  /// Whoever was taken away may be cut off, too: what comes after that is its own.
  @Test func aFaultOfTheWaysEndsTheWatch() throws {
    var sketch = moved(at: 5300)
    sketch.fault(
      "partition", at: 5000, healed: 6000, targets: ["a"],
      reach: .ways([.init(from: ["a"], to: ["b"])], .cut))
    let all = CheckedPrediction.all(in: sketch.history())
    #expect(all.map(\.standing) == [.notSeen] && all[0].watched == .milliseconds(3000))
  }

  @Test func operatorsActionsAreNoFaults() throws {
    var sketch = moved(at: 2300)
    sketch.faults[0].isAction = true
    #expect(CheckedPrediction.all(in: sketch.history()).isEmpty)
  }

  /// A later fault of the same holder is told apart; what came after it is its own.
  @Test func theNextFaultEndsTheWatch() throws {
    var sketch = moved(at: 5300)
    sketch.fault("kill", at: 5000, healed: 6000, targets: ["a"])
    let all = CheckedPrediction.all(in: sketch.history())
    #expect(all.map(\.standing) == [.notSeen, .inside])
    #expect(all[0].watched == .milliseconds(3000))
    // Two that strike at once are one blow.
    var together = moved(at: 2300)
    together.fault("kill", at: 2003, healed: 6000, targets: ["a"])
    #expect(CheckedPrediction.all(in: together.history()).map(\.standing) == [.inside, .inside])
  }

  @Test func aHistoryWithoutPredictionsHasNone() throws {
    var sketch = moved(at: 2300)
    sketch.observations.removeAll { if case .prediction = $0.fact { true } else { false } }
    #expect(CheckedPrediction.all(in: sketch.history()).isEmpty)
  }
}

struct RolePredictionTests {
  /// `a` leads and dies at 2 s; `b` said `follower` at 2.4 s, and `leader` at 2.9 s.
  private func elected(_ answers: [(Double, String)]) -> HistorySketch {
    var sketch = HistorySketch()
    sketch.predict("role:db", of: "db", 500, 1000, after: "a a/db")
    sketch.ask(.role, "db", "a", [(0, "leader"), (1500, "leader")])
    sketch.ask(.role, "db", "b", [(0, "follower"), (1900, "follower")] + answers)
    sketch.see(.leadership, "db", "", "leader", at: 0)
    sketch.see(.phase, "down", at: 9000)
    sketch.fault("kill", at: 2000, healed: 6000, targets: ["a/db"])
    sketch.observations.sort { $0.time < $1.time }
    return sketch
  }

  /// As wide as its looks are apart; the answer was right a moment before it was written down.
  @Test func whatIsPolledIsKnownBetweenTwoLooks() throws {
    let all = CheckedPrediction.all(in: elected([(2400, "follower"), (2900, "leader")]).history())
    #expect(all.map(\.measured) == [(Duration.milliseconds(349)...Duration.milliseconds(900))])
    #expect(all[0].standing == .straddling)
    #expect(all[0].what == "another leader than a/db")
    let finer = elected([(2750, "follower"), (2850, "leader")])
    #expect(CheckedPrediction.all(in: finer.history()).map(\.standing) == [.inside])
  }

  @Test func silenceTellsNothing() throws {
    var sketch = elected([(2400, "follower"), (4900, "leader")])
    sketch.see(.roleSilent, "db", "b", "no answer", at: 4600)
    sketch.observations.sort { $0.time < $1.time }
    let checked = try #require(CheckedPrediction.all(in: sketch.history()).first)
    #expect(checked.measured == (Duration.milliseconds(349)...Duration.milliseconds(2900)))
    #expect(checked.standing == .straddling)
  }

  @Test func aSlowElectionIsOutside() throws {
    let sketch = elected([(2400, "follower"), (4000, "follower"), (4100, "leader")])
    let checked = try #require(CheckedPrediction.all(in: sketch.history()).first)
    #expect(checked.standing == .outside && checked.excess == .milliseconds(949))
  }

  @Test func aFollowerThatDiesIsNoMatter() throws {
    var sketch = elected([(2400, "follower")])
    sketch.faults[0].targets = ["b/db"]
    sketch.predict("role:db", of: "db", on: "b", 500, 1000, after: "b b/db")
    #expect(CheckedPrediction.all(in: sketch.history()).isEmpty)
  }
}

struct ProbePredictionTests {
  private func probed(_ answers: [(Double, String)]) -> HistorySketch {
    var sketch = HistorySketch()
    sketch.predict("probe:down", 100, 900, after: "w w/web")
    sketch.ask(.probe, "lb", "a", [(1000, "0"), (1900, "0")] + answers, from: "down")
    sketch.see(.phase, "down", at: 9000)
    sketch.fault("kill", at: 2000, healed: 6000, targets: ["w/web"])
    sketch.observations.sort { $0.time < $1.time }
    return sketch
  }

  @Test func theFirstOtherReadingCounts() throws {
    let sketch = probed([(2200, "0"), (2400, "2"), (2600, "0")])
    let checked = try #require(CheckedPrediction.all(in: sketch.history()).first)
    #expect(checked.measured == (Duration.milliseconds(149)...Duration.milliseconds(400)))
    #expect(checked.standing == .inside && checked.what == "down of a/lb changes")
  }

  @Test func oneThatStaysAsItWasIsNotSeen() throws {
    let sketch = probed([(2200, "0"), (8000, "0")])
    #expect(CheckedPrediction.all(in: sketch.history()).map(\.standing) == [.notSeen])
  }

  /// The balancer goes with the server, at once or shortly before, or had gone and come back.
  @Test(arguments: [
    (2000.0, 6000.0, 0), (1950, 6000, 0), (2050, 6000, 0), (1000, 1500, 1), (3000, 6000, 1),
  ])
  func whoIsStruckItselfCanNoticeNothing(from start: Double, until end: Double, count: Int) throws {
    var sketch = probed([(2200, "0"), (2400, "1")])
    sketch.fault("kill", at: start, healed: end, targets: ["a"])
    #expect(CheckedPrediction.all(in: sketch.history()).count == count)
  }

  @Test func oneThatNobodyCouldReadIsLeftOut() throws {
    #expect(CheckedPrediction.all(in: probed([]).history()).isEmpty)
  }
}

struct AsPredictedTests {
  @Test func whatIsInsideIsAccepted() throws {
    let found = try finding("as-predicted", moved(at: 2300).history())
    #expect(found.verdict == .valid, "\(found.summary)")
    #expect(
      found.summary
        == "fault 1 (kill a): vip elsewhere than a after 289 to 300 ms, predicted 200ms to 400ms")
  }

  /// The tolerance is 100 ms where nothing is said.
  @Test(
    arguments: [
      (2505.0, [:], Verdict.valid), (2520, [:], .invalid), (2520, ["tolerance": "200ms"], .valid),
      (2085, [:], .invalid), (2415, ["tolerance": "0ms"], .invalid), (2105, [:], .valid),
    ] as [(Double, [String: String], Verdict)])
  func theToleranceDecides(seen: Double, settings: [String: String], verdict: Verdict) throws {
    let found = try finding("as-predicted", moved(at: seen).history(), settings)
    #expect(found.verdict == verdict, "\(found.summary)")
    #expect(found.kinds == (verdict == .invalid ? ["not as predicted"] : []))
  }

  @Test func aStallMakesItADoubt() throws {
    var sketch = moved(at: 2700)
    sketch.see(.stall, "nemesis", "", "250000000", at: 2650)
    sketch.observations.sort { $0.time < $1.time }
    let found = try finding("as-predicted", sketch.history())
    #expect(found.verdict == .unknown && found.summary.contains("held up"), "\(found.summary)")
  }

  @Test func whatWasNotSeenOrNotPredictedIsUnknown() throws {
    #expect(try finding("as-predicted", moved(at: nil).history()).verdict == .unknown)
    let elsewhere = try finding("as-predicted", moved(at: 2300, targets: ["b"]).history())
    #expect(elsewhere.verdict == .unknown)
    var unconfirmed = moved(at: 2300)
    unconfirmed.faults[0].confirmed = nil
    #expect(try finding("as-predicted", unconfirmed.history()).verdict == .unknown)
    // Only the faults asked about count.
    #expect(
      try finding("as-predicted", moved(at: 2300).history(), ["fault": "2"]).verdict == .unknown)
  }
}

struct ClientPredictionTests {
  @Test func clientsWaitForTheSlowestAndForTheirOwnTimeout() throws {
    var sketch = traffic {
      $0.workload = "calls"; $0.fail(from: 2000, to: 2300)
    }
    sketch.see(.owner, "vip", "a", "held", at: 0)
    sketch.see(.owner, "vip", "b", "held", at: 2300)
    sketch.see(.workload, "calls", "", "1000000000", at: 0)
    sketch.predict("address", 200, 400, after: "a")
    sketch.fault("kill", at: 2000, healed: 4000, targets: ["a"])
    sketch.observations.sort { $0.time < $1.time }
    let found = try finding("failover-time", sketch.history())
    let words =
      "predicted at most 1.4s: 400ms until vip elsewhere than a and 1s until the client of a "
      + "request that was under way gives up"
    #expect(found.summary.hasSuffix(words), "\(found.summary)")
    guard case .array(let faults)? = found.figures["faults"] else { return #expect(Bool(false)) }
    #expect(faults[0]["predicted"] == ["most": 1400.0, "because": .string(words)])
  }

  @Test func whereNothingPredictsNothingIsShown() throws {
    var sketch = traffic { $0.fail(from: 2000, to: 2300) }
    sketch.fault("kill", at: 2000, healed: 4000, targets: ["a"])
    let found = try finding("failover-time", sketch.history())
    #expect(!found.summary.contains("predicted"))
    guard case .array(let faults)? = found.figures["faults"] else { return #expect(Bool(false)) }
    #expect(faults[0]["predicted"] == .null)
  }

  /// Of what has no end nobody can say how long clients wait.
  @Test func whatHasNoEndPromisesClientsNothing() throws {
    var sketch = moved(at: 2300, most: nil)
    sketch.predict("address", 100, 300, after: "a")
    let checked = CheckedPrediction.all(in: sketch.history())
    #expect(checked.count == 2 && ClientPrediction(checked, timeout: .seconds(1)) == nil)
    #expect(ClientPrediction([], timeout: .seconds(1)) == nil)
  }
}
