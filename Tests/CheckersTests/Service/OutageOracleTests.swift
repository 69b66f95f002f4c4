import Checking
import Basics
import Histories
import Testing

@testable import Checkers

/// Outages held against their definition, computed another way.
struct OutageOracleTests {
  /// Requests every 10 ms answered within 2 to 40 ms; a fault at 2 s; bursts of bad ones after it.
  private func random(_ chance: inout Chance) -> HistorySketch {
    var bursts: [ClosedRange<Double>] = []
    for _ in 0..<Int(chance.next() % 4) {
      let start = Double.random(in: 2000..<5000, using: &chance)
      bursts.append(start...(start + Double.random(in: 0..<800, using: &chance)))
    }
    var sketch = traffic(until: 9000)
    for place in sketch.lines.indices {
      let start = sketch.lines[place].start
      sketch.lines[place].end = start + Double.random(in: 2..<40, using: &chance)
      guard bursts.contains(where: { $0.contains(start) }) else { continue }
      sketch.lines[place].outcome = [.fail, .info, .ok][Int(chance.next() % 3)]
    }
    sketch.fault("kill", at: 2000, healed: 6500)
    return sketch
  }

  @Test func everyPartAgreesWithItsDefinition() throws {
    for seed in UInt64(0)..<80 {
      var chance = Chance(seed: seed)
      let sketch = random(&chance)
      let sustained = Double(chance.next() % 900) + 50
      let lines = sketch.lines
      let bad = lines.filter { $0.outcome != .ok && $0.start >= 2000 }.map(\.start)
      let expected = try oracle(lines, bad, sustained)
      let found = try finding(
        "failover-time", sketch.history(), ["sustained": "\(Int(sustained))ms"])
      guard case .array(let faults)? = found.figures["faults"] else { continue }
      for (name, moment) in [
        ("first-bad", expected.firstBad), ("first-good", expected.firstGood),
        ("sustained-good", expected.sustained),
      ] {
        guard case .number(let value)? = faults[0][name] else {
          #expect(moment == nil, "seed \(seed) \(name)")
          continue
        }
        let wanted = try #require(moment, "seed \(seed) \(name)") - 2000
        #expect(abs(value - wanted) < 0.001, "seed \(seed) \(name)")
      }
      #expect(faults[0]["bad"] == .integer(Int64(bad.count)), "seed \(seed)")
    }
  }

  private func oracle(
    _ lines: [HistorySketch.Line], _ bad: [Double], _ sustained: Double
  ) throws -> (firstBad: Double?, firstGood: Double?, sustained: Double?) {
    guard let first = bad.first else { return (nil, nil, nil) }
    let good = lines.filter { $0.outcome == .ok }
    func answer(after start: Double, before end: Double) -> Double? {
      good.filter { start < $0.start && $0.start < end }.compactMap(\.end).min()
    }
    let firstGood = answer(after: first, before: .infinity)
    for (place, moment) in bad.enumerated() {
      let next = place + 1 < bad.count ? bad[place + 1] : .infinity
      if let back = answer(after: moment, before: next), next - back >= sustained {
        return (first, firstGood, back)
      }
    }
    return (first, firstGood, nil)
  }

  @Test func oneMoreBadOperationNeverTurnsInvalidIntoValid() throws {
    for seed in UInt64(0)..<60 {
      var chance = Chance(seed: seed)
      var sketch = random(&chance)
      let settings = ["sustained-good": "300ms", "sustained": "200ms"]
      let before = try finding("failover-time", sketch.history(), settings).verdict
      let places = sketch.lines.indices.filter { (2000..<6000).contains(sketch.lines[$0].start) }
      let place = try #require(places.randomElement(using: &chance))
      sketch.lines[place].outcome = .fail
      let after = try finding("failover-time", sketch.history(), settings).verdict
      #expect(after >= before, "seed \(seed)")
    }
  }

  @Test func aSecondOutageIsNotHiddenBehindTheFirst() throws {
    var sketch = traffic(until: 9000) {
      $0.fail(from: 2000, to: 2010)
      $0.fail(from: 3500, to: 5000)
    }
    sketch.fault("kill", at: 2000, healed: 6500)
    let found = try finding("failover-time", sketch.history(), ["sustained-good": "1s"])
    #expect(found.verdict == .invalid)
    #expect(found.summary.contains("a later outage lasted 1502 ms"))
  }

  @Test func theAttributionOfAnOutageInFlightDoesNotDependOnTheThreshold() throws {
    var sketch = traffic(until: 9000) { $0.fail(from: 2000, to: 2100) }
    sketch.fault("kill", at: 2000, healed: 6500)
    for late in ["100ms", "1s", "5s"] {
      let found = try finding("failover-time", sketch.history(), ["late": late])
      guard case .array(let faults)? = found.figures["faults"] else { return }
      #expect(faults[0]["bad"] == .integer(10 as Int64))
    }
  }

  /// Two faults, one of which breaks the service; operations come at random moments, take a random
  /// time, and those under way when it strikes are broken, too. Whatever shift of a few milliseconds
  /// there is, and however operations end, the outage is the one that broke it.
  @Test(arguments: [1, 2]) func theAttributionHoldsUnderSmallShifts(culprit: Int) throws {
    for seed in UInt64(0)..<200 {
      var chance = Chance(seed: seed)
      let shift = Double.random(in: -8...8, using: &chance)
      let strikes = [2000.0, 3000 + shift]
      let broken = strikes[culprit - 1]..<(strikes[culprit - 1] + 700)
      let hangs = chance.next() % 2 == 0
      var sketch = traffic(every: 10, until: 8000) { line in
        line.start += Double.random(in: 0..<9, using: &chance)
        let took = Double.random(in: 1..<6, using: &chance)
        line.end = line.start + took
        guard broken.contains(line.start) || broken.contains(line.start + took) else { return }
        line.outcome = hangs ? .info : .fail
        line.end = hangs ? line.start + 1000 : max(line.start, broken.lowerBound) + 1
      }
      sketch.fault("first", at: strikes[0], healed: 7000)
      sketch.fault("second", at: strikes[1], healed: 7000)
      let found = try finding("failover-time", sketch.history(), ["recovers-alone": "false"])
      guard case .array(let faults)? = found.figures["faults"] else { continue }
      let bad = faults.map { fault -> Int64 in
        if case .integer(let count)? = fault["bad"] { count } else { -1 }
      }
      #expect(bad[culprit - 1] > 50 && bad[2 - culprit] == 0, "seed \(seed): \(bad)")
    }
  }
}
