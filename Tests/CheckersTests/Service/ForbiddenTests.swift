import Basics
import Checking
import Histories
import Testing

@testable import Checkers

struct ForbiddenTests {
  private func sketch(refused: Int, others: [Histories.Operation.Outcome] = []) -> HistorySketch {
    var sketch = HistorySketch()
    for number in 0..<refused {
      sketch.call(0, "attempt", .integer(Int64(number)), nil, .fail, declined: true)
    }
    for (number, outcome) in others.enumerated() {
      sketch.call(1, "attempt", .integer(Int64(100 + number)), nil, outcome)
    }
    return sketch
  }

  @Test func whatWasRefusedEachTimeIsAccepted() throws {
    let found = try finding("forbidden", sketch(refused: 12).history())
    #expect(found.verdict == .valid)
    #expect(found.summary.contains("12 of 12 attempts"))
  }

  @Test func oneThatWasAllowedIsAViolation() throws {
    let found = try finding("forbidden", sketch(refused: 1000, others: [.ok]).history())
    #expect(found.verdict == .invalid)
    #expect(found.kinds == ["allowed"])
    #expect(found.evidence[0].operations == [1000])
  }

  @Test func whoGotNoAnswerWasNotAllowed() throws {
    let found = try finding("forbidden", sketch(refused: 12, others: [.fail, .info]).history())
    #expect(found.verdict == .valid)
  }

  @Test func whatWasHardlyEverRefusedSaysNothing() throws {
    let history = sketch(refused: 9, others: Array(repeating: .fail, count: 100)).history()
    #expect(try finding("forbidden", history).verdict == .unknown)
    #expect(try finding("forbidden", history, ["enough": "9"]).verdict == .valid)
  }

  @Test func withoutAnyAttemptNothingIsSaid() throws {
    #expect(try finding("forbidden", HistorySketch().history()).verdict == .unknown)
  }
}
