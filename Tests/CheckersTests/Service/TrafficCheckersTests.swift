import Checking
import Basics
import Histories
import Testing

@testable import Checkers

struct AvailabilityTests {
  @Test func enoughSuccessIsAccepted() throws {
    var sketch = traffic { $0.fail(from: 2000, to: 2060) }
    sketch.fault("kill", at: 2000, healed: 4000)
    let found = try finding("availability", sketch.history(), ["at-least": "99%"])
    #expect(found.verdict == .valid, "\(found.summary)")
    #expect(found.figures["bad"] == .integer(6 as Int64))
  }

  @Test func tooManyFailuresAreRefused() throws {
    var sketch = traffic { $0.fail(from: 2000, to: 2070) }
    sketch.fault("kill", at: 2000, healed: 4000)
    let found = try finding("availability", sketch.history(), ["at-least": "99%"])
    #expect(found.verdict == .invalid)
    #expect(found.evidence[0].operations == [200, 201, 202, 203, 204, 205, 206])
  }

  @Test(arguments: [("4%", Verdict.valid), ("3%", .invalid)])
  func theShareDuringOneFaultIsBounded(limit: String, verdict: Verdict) throws {
    var sketch = traffic { $0.fail(from: 2000, to: 2070) }
    sketch.fault("kill", at: 2000, healed: 4000)
    let found = try finding("availability", sketch.history(), ["max-failed": limit])
    #expect(found.verdict == verdict, "\(found.summary)")
  }

  @Test func unknownOutcomesAndLateAnswersAreNoSuccess() throws {
    let unknown = traffic { if $0.start < 100 { $0.outcome = .info } }
    #expect(try finding("availability", unknown.history()).verdict == .invalid)
    let late = traffic { if $0.start < 100 { $0.end = $0.start + 300 } }
    #expect(try finding("availability", late.history()).verdict == .valid)
    #expect(try finding("availability", late.history(), ["late": "200ms"]).verdict == .invalid)
  }

  @Test func onlyThePartAskedForCounts() throws {
    var sketch = traffic { $0.fail(from: 2000, to: 3000) }
    sketch.fault("kill", at: 2000, healed: 4000)
    let history = sketch.history()
    #expect(try finding("availability", history, ["during": "steady"]).verdict == .valid)
    #expect(try finding("availability", history, ["during": "after"]).verdict == .valid)
    #expect(try finding("availability", history, ["during": "fault"]).verdict == .invalid)
  }

  @Test func finalReadsAndTheStartOfTheStackDoNotCount() throws {
    var sketch = traffic { line in
      line.fail(from: 0, to: 500)
      line.fail(from: 5000, to: 9000)
    }
    sketch.see(.phase, "up", at: 0)
    sketch.see(.phase, "steady", at: 500)
    sketch.see(.phase, "method", at: 2000)
    sketch.see(.phase, "final", at: 5000)
    let found = try finding("availability", sketch.history(), ["at-least": "100%"])
    #expect(found.verdict == .valid, "\(found.summary)")
  }

  @Test func withoutSuccessOrOperationsItIsUnknown() throws {
    #expect(try finding("availability", HistorySketch().history()).verdict == .unknown)
    let failing = traffic { $0.outcome = .fail }
    #expect(try finding("availability", failing.history()).verdict == .unknown)
    #expect(try finding("availability", traffic(until: 50).history()).verdict == .unknown)
    var unconfirmed = traffic()
    unconfirmed.fault("kill", at: 2000, healed: 4000, confirmed: false)
    #expect(try finding("availability", unconfirmed.history()).verdict == .unknown)
  }

  @Test func aWorkloadIsJudgedAlone() throws {
    var sketch = traffic { $0.workload = Int($0.start) % 20 == 0 ? "good" : "bad" }
    for index in sketch.lines.indices where sketch.lines[index].workload == "bad" {
      sketch.lines[index].outcome = index % 4 == 1 ? .fail : .ok
    }
    let history = sketch.history()
    #expect(try finding("availability", history.of(workload: "good")).verdict == .valid)
    #expect(try finding("availability", history.of(workload: "bad")).verdict == .invalid)
    #expect(try finding("availability", history.of(workload: "none")).verdict == .unknown)
  }
}

struct LatencyTests {
  @Test func thePercentileIsThatOfTheNearestRank() throws {
    // 600 operations: 594 take 2 ms, 6 take 80 ms; the 99th percentile is the 594th.
    let sketch = traffic { if $0.start < 60 { $0.end = $0.start + 80 } }
    let history = sketch.history()
    #expect(try finding("latency", history, ["below": "3ms"]).verdict == .valid)
    #expect(try finding("latency", history, ["below": "2ms"]).verdict == .invalid)
    let worst = ["below": "50ms", "percentile": "99.5"]
    let found = try finding("latency", history, worst)
    #expect(found.verdict == .invalid)
    #expect(found.evidence[0].operations.starts(with: [0, 1, 2, 3, 4, 5]))
  }

  @Test func latencyCountsFromTheIntendedStart() throws {
    let sketch = traffic { $0.scheduled = $0.start - 100 }
    #expect(try finding("latency", sketch.history(), ["below": "50ms"]).verdict == .invalid)
  }

  @Test func waitingInVainCountsAndARefusalDoesNot() throws {
    let waiting = traffic { line in
      guard line.start < 600 else { return }
      line.outcome = .info
      line.end = line.start + 1000
    }
    #expect(try finding("latency", waiting.history(), ["below": "50ms"]).verdict == .invalid)
    let open = traffic { if $0.start < 600 { $0.end = nil } }
    #expect(try finding("latency", open.history(), ["below": "50ms"]).verdict == .invalid)
    let refused = traffic { $0.fail(from: 0, to: 600) }
    #expect(try finding("latency", refused.history(), ["below": "50ms"]).verdict == .valid)
  }

  @Test func tooFewAnswersAreUnknown() throws {
    #expect(
      try finding("latency", traffic(until: 50).history(), ["below": "1s"]).verdict == .unknown)
    #expect(try finding("latency", HistorySketch().history(), ["below": "1s"]).verdict == .unknown)
    #expect(throws: SettingsError.self) { try finding("latency", traffic().history()) }
  }
}

struct BalancedTests {
  private func sketch(_ share: Int) -> History {
    traffic { $0.node = Int($0.start / 10) % 100 < share ? "a" : "b" }.history()
  }

  @Test(arguments: [(50, Verdict.valid), (54, .valid), (56, .invalid), (44, .invalid)])
  func sharesMustBeNearEqual(share: Int, verdict: Verdict) throws {
    #expect(try finding("balanced", sketch(share)).verdict == verdict)
  }

  @Test func aServerThatNeverAnsweredIsMissed() throws {
    let history = sketch(100)
    #expect(try finding("balanced", history).verdict == .unknown)
    let found = try finding("balanced", history, ["nodes": "a,b"])
    #expect(found.verdict == .invalid)
    #expect(found.summary.contains("b answered 0 of 600"))
  }

  @Test func aServerThatIsNotListedIsRefused() throws {
    let found = try finding(
      "balanced", sketch(50), ["nodes": "a,c", "tolerance": "100%"])
    #expect(found.kinds == ["unknown server"])
  }

  @Test func withoutNodesItIsUnknown() throws {
    #expect(try finding("balanced", traffic().history()).verdict == .unknown)
    #expect(try finding("balanced", HistorySketch().history()).verdict == .unknown)
  }
}

struct RecoversTests {
  @Test func theSteadyLevelAfterTheHealIsAccepted() throws {
    var sketch = traffic(until: 10000) { $0.fail(from: 2000, to: 4900) }
    sketch.fault("partition", at: 2000, healed: 4000)
    let found = try finding("recovers", sketch.history(), ["within": "1s"])
    #expect(found.verdict == .valid, "\(found.summary)")
    guard case .array(let faults)? = found.figures["faults"] else { return }
    #expect(faults[0]["lastBad"] == .number(890))
  }

  @Test func errorsThatStayAreRefused() throws {
    var sketch = traffic(until: 10000) { line in
      if line.start >= 2000, Int(line.start / 10) % 20 == 0 { line.outcome = .fail }
    }
    sketch.fault("partition", at: 2000, healed: 4000)
    let found = try finding("recovers", sketch.history(), ["within": "1s"])
    #expect(found.kinds == ["errors"])
    #expect(
      try finding("recovers", sketch.history(), ["errors": "10%", "within": "1s"]).verdict
        == .valid)
  }

  @Test func aLatencyThatStaysHighIsRefused() throws {
    var sketch = traffic(until: 10000) { if $0.start >= 2000 { $0.end = $0.start + 9 } }
    sketch.fault("delay", at: 2000, healed: 4000)
    let found = try finding("recovers", sketch.history(), ["within": "1s"])
    #expect(found.kinds == ["slow"])
    #expect(
      try finding("recovers", sketch.history(), ["within": "1s", "slack": "7ms"]).verdict
        == .valid)
  }

  @Test(arguments: ["never healed", "too short", "no fault", "not steady"])
  func whatCannotBeComparedIsUnknown(lack: String) throws {
    var sketch = traffic(until: lack == "too short" ? 5050 : 10000)
    switch lack {
    case "never healed": sketch.fault("partition", at: 2000)
    case "not steady": sketch.fault("partition", at: 20, healed: 4000)
    case "too short": sketch.fault("partition", at: 2000, healed: 4000)
    default: break
    }
    #expect(try finding("recovers", sketch.history(), ["within": "1s"]).verdict == .unknown)
  }
}
