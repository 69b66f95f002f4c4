import Basics
import Checking
import Histories
import Testing

@testable import Checkers

struct SettlesTests {
  /// A hundred operations a second for eight seconds, of which few add, and a fault in the middle.
  private func mostlyReads(
    settling: Int = 5000, _ outcome: (_ function: String, _ start: Int) -> Bool
  ) -> History {
    var sketch = HistorySketch()
    for index in 0..<800 {
      let function = index % 30 == 0 ? "add" : "read"
      let isOK = outcome(function, index * 10)
      sketch.call(
        index % 4, function, .integer(Int64(index)), nil, isOK ? .ok : .fail,
        at: Double(index * 10), took: 2)
    }
    for (phase, start) in [("up", 0), ("steady", 1), ("method", 2000), ("settle", settling)] {
      sketch.see(.phase, phase, at: Double(start))
    }
    sketch.fault("kill", at: 2500, healed: 4500)
    return sketch.history()
  }

  /// Three in a hundred are within the share that may fail, and every write is among them.
  @Test func aServiceThatTakesNoWriteAnyMoreIsNotBackHoweverMuchItReads() throws {
    let found = try finding("settles", mostlyReads { $0 == "read" || $1 < 3000 })
    #expect(found.verdict == .invalid, "\(found.summary)")
    #expect(found.summary.contains("no 'add' of 7 succeeded"), "\(found.summary)")
    #expect(found.evidence.first?.operations.count == 7)
  }

  @Test func oneWriteThatSucceedsAgainIsEnough() throws {
    let found = try finding("settles", mostlyReads { $0 == "read" || $1 < 3000 || $1 > 7000 })
    #expect(found.verdict == .valid, "\(found.summary)")
  }

  @Test func whatAlwaysFailedIsNoNews() throws {
    let found = try finding("settles", mostlyReads { function, _ in function == "read" })
    #expect(found.verdict == .valid, "\(found.summary)")
  }

  /// Ten writes in the time to settle, three of them in its last second.
  @Test func aRareFunctionIsLookedForFurtherBack() throws {
    let found = try finding(
      "settles", mostlyReads { $0 == "read" || $1 < 3000 }, ["for": "1s", "enough": "6"])
    #expect(found.verdict == .invalid, "\(found.summary)")
    #expect(found.evidence.first?.operations.count == 6)
  }

  @Test func tooFewOperationsOfAFunctionAreADoubt() throws {
    let found = try finding(
      "settles", mostlyReads(settling: 7000) { $0 == "read" || $1 < 3000 })
    #expect(found.verdict == .unknown, "\(found.summary)")
    #expect(found.summary.contains("no 'add' of 3 succeeded, 5 are needed"), "\(found.summary)")
  }

  /// Ten operations a second, slow at the end, while the harness was held up for so long before 7.9 s.
  private func slowInTheEnd(stalled milliseconds: Int, _ outcome: Histories.Operation.Outcome = .ok)
    -> History
  {
    var sketch = HistorySketch()
    for index in 0..<80 {
      let isLast = index >= 50
      sketch.call(
        index % 4, "read", .integer(Int64(index)), nil, isLast ? outcome : .ok,
        at: Double(index * 100), took: isLast ? 400 : 2)
    }
    for (phase, start) in [("up", 0), ("steady", 1), ("method", 2000), ("settle", 5000)] {
      sketch.see(.phase, phase, at: Double(start))
    }
    if milliseconds > 0 {
      sketch.see(.stall, "client", "", "\(milliseconds * 1_000_000)", at: 7900)
    }
    return sketch.history()
  }

  /// What no stall touched is slow as well, but a machine that held up the harness for so long held up the
  /// servers, too; an error is no matter of time.
  @Test(arguments: [
    (stalled: 0, Histories.Operation.Outcome.ok, Verdict.invalid), (90, .ok, .invalid),
    (110, .ok, .unknown), (110, .fail, .invalid), (1900, .fail, .unknown),
  ])
  func aBusyMachineIsADoubt(
    stalled: Int, outcome: Histories.Operation.Outcome, expected: Verdict
  ) throws {
    let found = try finding("settles", slowInTheEnd(stalled: stalled, outcome))
    #expect(found.verdict == expected, "\(found.summary)")
  }

  /// What the end of the time to settle waits for is what the invariant asks.
  @Test(arguments: [
    (steady: 2, latest: 252, quick: true), (2, 253, false), (40, 400, true), (40, 401, false),
  ])
  func whoWorksOffWhatPiledUpIsNotBackYet(steady: Int, latest: Int, quick: Bool) throws {
    let settles = try Settles(.none)
    func latencies(_ most: Int) -> [Duration] {
      Array(repeating: .milliseconds(1), count: 90)
        + Array(repeating: .milliseconds(most), count: 10)
    }
    #expect(settles.isQuick(latencies(latest), beside: latencies(steady)) == quick)
    #expect(settles.isQuick([], beside: latencies(steady)))
  }
}
