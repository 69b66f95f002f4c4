import Checking
import Basics
import Histories
import Testing

@testable import Checkers

/// A client that asks every 10 ms for six seconds; a fault from 2 s to 4 s; what goes wrong is
/// the test's choice.
func traffic(
  every step: Double = 10, until end: Double = 6000,
  _ change: (inout HistorySketch.Line) -> Void = { _ in }
) -> HistorySketch {
  var sketch = HistorySketch()
  var process = 0
  for time in stride(from: 0, to: end, by: step) {
    process += 1
    sketch.call(process, "request", nil, nil, at: time, took: 2)
    change(&sketch.lines[sketch.lines.count - 1])
  }
  return sketch
}

extension HistorySketch.Line {
  /// Fails at once when it starts within the times.
  mutating func fail(from start: Double, to end: Double) {
    if start <= self.start, self.start < end { outcome = .fail }
  }
}

struct FailoverTimeTests {
  @Test func everyPartIsMeasuredFromTheInjection() throws {
    var sketch = traffic { $0.fail(from: 2100, to: 2500) }
    sketch.see(.owner, "vip", "a", "held", at: 0)
    sketch.see(.owner, "vip", "a", "released", at: 2200)
    sketch.see(.owner, "vip", "b", "held", at: 2300)
    sketch.fault("kill", at: 2000, healed: 4000, targets: ["a/lb"])
    let found = try finding("failover-time", sketch.history(), ["sustained-good": "600ms"])
    #expect(found.verdict == .valid, "\(found.summary)")
    guard case .array(let faults)? = found.figures["faults"] else { return #expect(Bool(false)) }
    #expect(faults[0]["first-bad"] == .number(100))
    #expect(faults[0]["detection"] == .number(200))
    #expect(faults[0]["takeover"] == .number(300))
    #expect(faults[0]["first-good"] == .number(502))
    #expect(faults[0]["sustained-good"] == .number(502))
    #expect(faults[0]["bad"] == .integer(40 as Int64))
  }

  /// A bound of many runs is none of this one; what it measures is there for whoever has the others.
  @Test func aQuantileIsNotForOneRunToBreak() throws {
    var sketch = traffic { $0.fail(from: 2100, to: 2900) }
    sketch.fault("kill", at: 2000, healed: 4000)
    func found(_ bound: DurationBound) throws -> Finding {
      try FailoverTime(Settings(["first-good": .bound(bound)]))
        .judge(sketch.history(), within: .unlimited)
    }
    let quantile = DurationBound.Quantile(share: 0.95, most: .milliseconds(500))
    let open = try found(DurationBound(quantiles: [quantile]))
    #expect(open.verdict == .valid, "\(open.summary)")
    #expect(open.summary.contains("first-good {p95: 500ms, confidence: 95%} is asked of many runs"))
    let both = try found(DurationBound(quantiles: [quantile], most: .milliseconds(800)))
    #expect(both.verdict == .invalid, "\(both.summary)")
  }

  /// The fault may be held for as long as the loosest bound says, and good answers must come within the sharpest.
  @Test func aQuantileSaysHowLongTheServiceHasAndWhatIsLate() throws {
    let bound = DurationBound(quantiles: [
      .init(share: 0.5, most: .milliseconds(400)), .init(share: 0.95, most: .seconds(3)),
    ])
    let checker = try FailoverTime(Settings(["first-good": .bound(bound)]))
    #expect(checker.patience == .seconds(3))
    #expect(checker.late.limit(timeout: .seconds(1)) == .milliseconds(400))
    #expect(checker.finestBound == .milliseconds(400))
    #expect(try FailoverTime(.none).patience == .seconds(2))
  }

  /// A database dies under a partition that hurt nobody until then; a request is on its way.
  @Test func whatBreaksInFlightUnderAnotherFaultIsTheNewFaults() throws {
    var sketch = traffic { $0.fail(from: 3000, to: 3500) }
    sketch.fault("partition", at: 2000, healed: 5000)
    sketch.fault("kill", at: 3001, healed: 5000)
    let found = try finding("failover-time", sketch.history(), ["fault": "2"])
    guard case .array(let faults)? = found.figures["faults"] else { return #expect(Bool(false)) }
    #expect(faults[0]["bad"] == .integer(50 as Int64))
    #expect(faults[0]["first-good"] == .number(501))
  }

  /// Two nodes are killed at once, and only together do they take the service away: whichever is asked about,
  /// the outage is heard of. What came half a second later is another event.
  @Test(arguments: [("1", 2030.0, 50), ("2", 2030, 50), ("1", 2500, 0), ("2", 2500, 50)])
  func whatIsInjectedTogetherIsOneEvent(fault: String, second: Double, bad: Int64) throws {
    var sketch = traffic { $0.fail(from: second + 20, to: second + 520) }
    sketch.fault("kill", at: 2000, healed: 4000, targets: ["a"])
    sketch.fault("kill", at: second, healed: 4000, targets: ["b"])
    let found = try finding(
      "failover-time", sketch.history(), ["fault": fault, "sustained-good": "300ms"])
    guard case .array(let faults)? = found.figures["faults"] else { return #expect(Bool(false)) }
    #expect(faults.count == 1 && faults[0]["bad"] == .integer(bad))
    #expect(found.verdict == (bad == 0 ? .valid : .invalid), "\(found.summary)")
  }

  /// A request that hung long before the second fault was the first one's victim.
  @Test func whatHungBeforeTheNewFaultIsTheOldFaults() throws {
    var sketch = traffic { line in
      guard line.start >= 2500, line.start < 3500 else { return }
      (line.outcome, line.end) = (.info, line.start + 1000)
    }
    sketch.fault("pause", at: 2500, healed: 5000)
    sketch.fault("kill", at: 3001, healed: 5000)
    let found = try finding("failover-time", sketch.history(), ["fault": "1"])
    guard case .array(let faults)? = found.figures["faults"] else { return #expect(Bool(false)) }
    #expect(faults[0]["bad"] == .integer(100 as Int64))
  }

  @Test(arguments: [
    ("first-bad", "50ms"), ("detection", "150ms"), ("takeover", "250ms"),
    ("first-good", "500ms"), ("sustained-good", "500ms"),
  ])
  func aBoundThatIsExceededIsRefused(bound: String, limit: String) throws {
    var sketch = traffic { $0.fail(from: 2100, to: 2500) }
    sketch.see(.owner, "vip", "a", "held", at: 0)
    sketch.see(.owner, "vip", "b", "held", at: 2300)
    sketch.see(.owner, "vip", "a", "released", at: 2200)
    sketch.fault("kill", at: 2000, healed: 4000, targets: ["a/lb"])
    let found = try finding("failover-time", sketch.history(), [bound: limit])
    #expect(found.verdict == .invalid)
    #expect(found.kinds == [bound])
  }

  @Test func aFaultThatNobodyNoticesIsNoOutage() throws {
    var sketch = traffic()
    sketch.fault("kill", at: 2000, healed: 4000)
    let found = try finding("failover-time", sketch.history(), ["sustained-good": "5ms"])
    #expect(found.verdict == .valid, "\(found.summary)")
    // Answers take 2 ms: with a sharper bound nothing was ever good, and that is no success.
    let sharper = try finding("failover-time", sketch.history(), ["sustained-good": "1ms"])
    #expect(sharper.verdict == .unknown, "\(sharper.summary)")
  }

  /// Requests during the stall are all answered, late, when the server wakes at 4.5 s.
  @Test func aStalledServerCannotHide() throws {
    var sketch = traffic(until: 8000) { line in
      guard (2000..<4500).contains(line.start) else { return }
      line.end = 4500
    }
    sketch.fault("pause", at: 2000, healed: 4500)
    let settings = ["sustained-good": "2s"]
    let found = try finding("failover-time", sketch.history(), settings)
    #expect(found.verdict == .invalid)
    #expect(found.figures["faults"] != nil)
    guard case .array(let faults)? = found.figures["faults"] else { return }
    // Good from an intended start at 3.5 s on, but nobody had an answer before 4.5 s.
    #expect(faults[0]["sustained-good"] == .number(2500))
  }

  @Test func aClosedLoopClientIsJudgedFromTheIntendedStart() throws {
    var sketch = traffic(until: 8000) { line in
      guard (2000..<4500).contains(line.start) else { return }
      // The one client waited, and sent its overdue requests afterwards.
      line.scheduled = line.start
      line.start = 4500 + (line.start - 2000) / 100
      line.end = line.start + 1
    }
    sketch.fault("pause", at: 2000, healed: 4500)
    let found = try finding("failover-time", sketch.history(), ["sustained-good": "2s"])
    #expect(found.verdict == .invalid)
  }

  @Test func anOutageAfterTheHealIsTheHealsAndNotTheNextFaults() throws {
    var sketch = traffic(until: 9000) {
      $0.fail(from: 2000, to: 2200)
      $0.fail(from: 4050, to: 4090)
      $0.fail(from: 6000, to: 6100)
    }
    sketch.fault("kill", at: 2000, healed: 4000)
    sketch.fault("kill", at: 6000, healed: 7500)
    let history = sketch.history()
    let found = try finding("failover-time", history)
    #expect(found.verdict == .valid, "\(found.summary)")
    guard case .array(let faults)? = found.figures["faults"] else { return }
    #expect(faults[0]["bad"] == .integer(20 as Int64))
    #expect(faults[0]["badAfterHeal"] == .integer(4 as Int64))
    #expect(faults[1]["bad"] == .integer(10 as Int64))
    #expect(try finding("failover-time", history, ["after-heal": "20ms"]).kinds == ["after-heal"])
  }

  @Test func anOutageWhileTwoFaultsAreActiveIsTheLaterFaults() throws {
    var sketch = traffic(until: 9000) { $0.fail(from: 3000, to: 3500) }
    sketch.fault("delay", at: 2000, healed: 6000)
    sketch.fault("kill", at: 2990, healed: 5000)
    let found = try finding("failover-time", sketch.history())
    guard case .array(let faults)? = found.figures["faults"] else { return }
    #expect(faults[0]["bad"] == .integer(0 as Int64))
    #expect(faults[1]["bad"] == .integer(50 as Int64))
    #expect(faults[1]["alsoActive"] == [1])
    #expect(found.summary.contains("fault 1 (delay) was active, too"))
  }

  @Test func anOperationInFlightAtTheInjectionIsTheFaults() throws {
    var sketch = traffic { line in
      guard line.start == 1990 else { return }
      line.outcome = .info
      line.end = 2500
    }
    sketch.fault("kill", at: 2000, healed: 4000)
    let found = try finding("failover-time", sketch.history(), ["sustained-good": "1s"])
    guard case .array(let faults)? = found.figures["faults"] else { return }
    #expect(faults[0]["first-bad"] == .number(0))
    #expect(faults[0]["bad"] == .integer(1 as Int64))
  }

  @Test func shortRecoveriesAreNotSustained() throws {
    var sketch = traffic(until: 9000) {
      $0.fail(from: 2000, to: 2300)
      $0.fail(from: 2500, to: 2600)
      $0.fail(from: 3100, to: 3200)
    }
    sketch.fault("kill", at: 2000, healed: 7000)
    let found = try finding("failover-time", sketch.history(), ["sustained": "1s"])
    guard case .array(let faults)? = found.figures["faults"] else { return }
    #expect(faults[0]["first-good"] == .number(302))
    #expect(faults[0]["sustained-good"] == .number(1202))
  }

  /// Good and bad in turns, as a service with two owners is.
  @Test(arguments: [
    (
      healed: 5000.0, Verdict.invalid,
      "recovered only because the fault was healed: good again 2 ms"
    ),
    (
      healed: 5300.0, Verdict.unknown,
      "good for only 298 ms before the fault was healed, 1s are needed"
    ),
  ])
  func onlyWhatIsSeenGoodForLongRecoveredByItself(
    healed: Double, verdict: Verdict, sentence: String
  ) throws {
    var sketch = traffic(until: 9000) {
      for start in stride(from: 2000.0, to: 5000, by: 1000) {
        $0.fail(from: start, to: start + 500)
      }
      $0.fail(from: 4990, to: 5000)
    }
    sketch.fault("partition", at: 2000, healed: healed)
    let found = try finding("failover-time", sketch.history())
    #expect(found.verdict == verdict && found.summary.contains(sentence), "\(found.summary)")
    let allowed = try finding("failover-time", sketch.history(), ["recovers-alone": "false"])
    #expect(allowed.verdict == .valid, "\(allowed.summary)")
  }

  /// The bound is longer than the fault was held, so the heal alone met it.
  @Test func whatOnlyTheHealCuredIsNotKnownToRecover() throws {
    var sketch = traffic(until: 9000) { $0.fail(from: 2000, to: 5000) }
    sketch.fault("kill", at: 2000, healed: 4990)
    let bounds: [String: String] = ["first-good": "4s", "sustained-good": "4s"]
    let found = try finding("failover-time", sketch.history(), bounds)
    #expect(found.verdict == .unknown, "\(found.summary)")
    #expect(found.summary.contains("whether it recovers by itself was not seen"))
    let allowed = try finding(
      "failover-time", sketch.history(), bounds.merging(["recovers-alone": "false"]) { $1 })
    #expect(allowed.verdict == .valid, "\(allowed.summary)")
    var alone = traffic(until: 9000) { $0.fail(from: 2000, to: 3000) }
    alone.fault("kill", at: 2000, healed: 4990)
    #expect(try finding("failover-time", alone.history(), bounds).verdict == .valid)
    // What is over at once has no time in which anybody could recover.
    var brief = traffic(until: 9000) { $0.fail(from: 2000, to: 3000) }
    brief.fault("restart", at: 2000, healed: 2500)
    #expect(try finding("failover-time", brief.history(), bounds).verdict == .valid)
  }

  @Test func neverRecoveringIsRefused() throws {
    var sketch = traffic { $0.fail(from: 2000, to: 9000) }
    sketch.fault("kill", at: 2000)
    let found = try finding("failover-time", sketch.history())
    #expect(found.verdict == .invalid)
    #expect(found.kinds == ["never recovered"])
    let bounded = try finding("failover-time", sketch.history(), ["first-good": "1s"])
    #expect(bounded.kinds == ["first-good"])
    // Traffic ended before the bound could be exceeded.
    let patient = try finding("failover-time", sketch.history(), ["first-good": "9s"])
    #expect(patient.verdict == .unknown)
  }

  @Test func roleChangesAreTakeovers() throws {
    var sketch = traffic { $0.fail(from: 2000, to: 2500) }
    sketch.see(.role, "postgres", "db-a", "primary", from: "supervisor", at: 0)
    sketch.see(.role, "postgres", "db-b", "standby", from: "supervisor", at: 0)
    sketch.see(.process, "postgres", "db-a", "exited 9", from: "supervisor", at: 2001)
    sketch.see(.role, "postgres", "db-b", "primary", from: "supervisor", at: 2400)
    sketch.fault("kill", at: 2000, healed: 4000, targets: ["db-a/postgres"])
    let found = try finding("failover-time", sketch.history(), ["takeover": "500ms"])
    #expect(found.verdict == .valid, "\(found.summary)")
    guard case .array(let faults)? = found.figures["faults"] else { return }
    #expect(faults[0]["takeover"] == .number(400))
    #expect(faults[0]["detection"] == .number(400))
  }

  @Test(arguments: ["none", "unconfirmed", "fewAfter", "fewBefore", "noSuchFault", "noTimes"])
  func whatCannotBeJudgedIsUnknown(lack: String) throws {
    var sketch = traffic { $0.fail(from: 2000, to: 2100) }
    var settings: [String: String] = [:]
    switch lack {
    case "unconfirmed": sketch.fault("kill", at: 2000, healed: 4000, confirmed: false)
    case "fewAfter": sketch.fault("kill", at: 2000, healed: 5950)
    case "fewBefore": sketch.fault("kill", at: 50, healed: 4000)
    case "noSuchFault":
      sketch.fault("kill", at: 2000, healed: 4000)
      settings["fault"] = "7"
    case "noTimes":
      sketch.fault("kill", at: 2000, healed: 4000)
      sketch.hasTimes = false
    default: break
    }
    #expect(try finding("failover-time", sketch.history(), settings).verdict == .unknown)
    #expect(try finding("failover-time", HistorySketch().history()).verdict == .unknown)
  }

  @Test func aProvenViolationIsNotHiddenByADoubt() throws {
    var sketch = traffic { $0.fail(from: 2000, to: 2900) }
    sketch.fault("kill", at: 2000, healed: 4000, confirmed: false)
    let found = try finding("failover-time", sketch.history(), ["first-good": "100ms"])
    #expect(found.verdict == .invalid)
  }

  @Test func aFactorOfTheSteadyLatencyCallsLate() throws {
    var sketch = traffic { if (2000..<2500).contains($0.start) { $0.end = $0.start + 100 } }
    sketch.fault("delay", at: 2000, healed: 4000)
    let settings = ["late-factor": "10", "sustained-good": "300ms"]
    #expect(try finding("failover-time", sketch.history(), settings).verdict == .invalid)
    let absolute = ["late": "300ms", "sustained-good": "300ms"]
    #expect(try finding("failover-time", sketch.history(), absolute).verdict == .valid)
  }
}
