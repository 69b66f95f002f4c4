import Basics
import Checking
import Histories
import Testing

@testable import Checkers

/// Ten writes, one every 100 ms, acknowledged 1 ms after they begin; the server is killed at 1,000 ms.
@Suite struct RecoveryPointTests {
  private func sketch(
    _ there: [Int], killed: Double = 1000, isAction: Bool = false
  ) -> HistorySketch {
    var sketch = HistorySketch()
    for number in 0..<10 {
      sketch.call(0, "add", .integer(Int64(number)), at: Double(number) * 100)
    }
    sketch.fault("kill", at: killed, healed: 2000, isAction: isAction)
    sketch.call(1, "read", nil, .integers(there), at: 5000, node: "a", isFinal: true)
    sketch.call(1, "read", nil, .integers(there), at: 5010, node: "b", isFinal: true)
    return sketch
  }

  private func judged(
    _ sketch: HistorySketch, _ settings: [String: String] = ["rpo": "250ms"]
  ) throws -> Finding {
    try finding("no-lost-writes", sketch.history(), settings)
  }

  @Test func theNewestMayBeGoneAndTheAgeOfTheOldestIsMeasured() throws {
    let found = try judged(sketch(Array(0..<8)))
    #expect(found.verdict == .valid, "\(found.summary)")
    #expect(found.summary.contains("2 acknowledged writes are gone"), "\(found.summary)")
    #expect(found.figures["rpo"]?.number == 200)
    #expect(found.figures["lostCount"]?.number == 2)
  }

  @Test func anOlderOneMayNot() throws {
    let found = try judged(sketch(Array(0..<7)))
    #expect(found.verdict == .invalid)
    #expect(found.kinds == ["lost"])
    #expect(found.figures["rpo"]?.number == 300)
    #expect(found.summary.contains("1 acknowledged write is gone"), "\(found.summary)")
    let hole = try judged(sketch([0, 1, 2, 4, 5, 6, 7, 8, 9]))
    #expect(hole.verdict == .invalid)
  }

  @Test func withoutAnObjectiveNothingMay() throws {
    #expect(try judged(sketch(Array(0..<9)), [:]).verdict == .invalid)
    #expect(try judged(sketch(Array(0..<10)), [:]).figures["rpo"] == .null)
  }

  @Test func onlyAFaultExcuses() throws {
    #expect(try judged(sketch(Array(0..<8), isAction: true)).verdict == .invalid)
    #expect(try judged(sketch(Array(0..<8), killed: 700)).verdict == .invalid)
    let other = ["rpo": "250ms", "fault": "2"]
    #expect(try judged(sketch(Array(0..<8)), other).verdict == .invalid)
  }

  @Test func whatOneReplicaLacksIsNotGone() throws {
    var sketch = sketch(Array(0..<8))
    sketch.call(1, "read", nil, .integers(0..<10), at: 5020, node: "c", isFinal: true)
    #expect(try judged(sketch).kinds == ["stale replica"])
    let any = ["rpo": "250ms", "replicas": "any"]
    #expect(try judged(sketch, any).verdict == .valid)
  }

  @Test func aFaultWithoutAnObjectiveIsRefused() {
    #expect(throws: SettingsError.self) { try judged(sketch([]), ["fault": "1"]) }
  }
}
