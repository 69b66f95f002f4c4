import Basics
import Checking
import Histories
import Testing

@testable import Checkers

/// Who noticed a fault.
struct WitnessTests {
  /// A fault at 2 s of what runs on `a`, with whatever else is seen.
  private func noticed(
    _ targets: [String] = ["a"], reach: FaultReach = .away,
    change: (inout HistorySketch) -> Void
  ) throws -> [String] {
    var sketch = HistorySketch()
    sketch.see(.phase, "down", at: 9000)
    sketch.fault("fault", at: 2000, healed: 6000, targets: targets, reach: reach)
    change(&sketch)
    sketch.observations.sort { $0.time < $1.time }
    let history = sketch.history()
    return Witnesses(history, of: history.faults[0], until: .milliseconds(9000)).all.map {
      "\($0.words) \(Instant.start.duration(to: $0.moment).milliseconds)"
    }
  }

  @Test func addressesRolesAndProcessesOfOthersAreNoticed() throws {
    let all = try noticed { sketch in
      sketch.see(.owner, "vip", "a", "held", at: 0)
      sketch.see(.owner, "vip", "a", "released", at: 2100)
      sketch.see(.owner, "vip", "b", "held", at: 2300)
      sketch.ask(.role, "db", "b", [(0, "standby"), (2500, "primary"), (3000, "standby")])
      sketch.see(.process, "web", "b", "exited with 1", at: 2400)
    }
    #expect(all == ["vip on b 2300.0", "b/web exited with 1 2400.0", "b/db: primary 2500.0"])
  }

  /// What the fault did to its own target is nobody's notice.
  @Test func whoIsStruckNoticesNothing() throws {
    let own = { (sketch: inout HistorySketch) in
      sketch.see(.process, "db", "a", "killed by signal 9", at: 2001)
      sketch.ask(.role, "db", "a", [(0, "primary"), (2500, "standby")])
    }
    #expect(try noticed(["a"], change: own).isEmpty)
    #expect(try noticed(["a/db"], change: own).isEmpty)
    #expect(try noticed(["b"], change: own).count == 2)
  }

  /// A cut changes no node: who steps down behind it has noticed.
  @Test func whoIsCutOffMayNotice() throws {
    let ways = FaultReach.ways([.init(from: ["a"], to: ["b"])], .cut)
    #expect(
      try noticed(["a", "b"], reach: ways) { sketch in
        sketch.ask(.role, "db", "a", [(0, "primary"), (2500, "standby")])
      } == ["a/db: standby 2500.0"])
  }

  /// A figure that wavers tells nothing; one that was always the same, and is not any more, does.
  @Test func aProbeThatHadAlwaysReadTheSameNotices() throws {
    func answers(_ before: [String], _ after: String) throws -> [String] {
      try noticed { sketch in
        let asked = before.enumerated().map { (Double($0) * 500, $1) } + [(2600.0, after)]
        sketch.ask(.probe, "lb", "b", asked, from: "down")
      }
    }
    #expect(try answers(["0", "0", "0"], "1") == ["down of b/lb 2600.0"])
    #expect(try answers(["0", "0", "0"], "0").isEmpty)
    #expect(try answers(["0", "3", "0"], "1").isEmpty)
    #expect(try answers([], "1").isEmpty)
  }

  /// The sightings that a failover is measured by agree: a takeover from one who is cut off counts.
  @Test func aTakeoverFromWhoIsCutOffIsMeasured() throws {
    var sketch = traffic { $0.fail(from: 2100, to: 2500) }
    sketch.ask(.role, "db", "a", [(0, "primary"), (2200, "standby")])
    sketch.ask(.role, "db", "b", [(0, "standby"), (2300, "primary")])
    sketch.see(.leadership, "db", "", "primary", at: 0)
    sketch.fault(
      "partition", at: 2000, healed: 4000, targets: ["a", "b"],
      reach: .ways([.init(from: ["a"], to: ["b"])], .cut))
    sketch.observations.sort { $0.time < $1.time }
    let found = try finding("failover-time", sketch.history())
    let fault = try #require(found.figures["faults"]?.elements.first)
    #expect(fault["detection"] == .number(200) && fault["takeover"] == .number(300))
    #expect(fault["noticed"]?.elements.map { $0["at"] } == [.number(200), .number(300)])
  }
}
