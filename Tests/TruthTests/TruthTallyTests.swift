import Basics
import Testing

@testable import truth

@Suite struct TallyTests {
  private func answer(_ verdict: String, _ kinds: [String]) -> Trial.Answer {
    Trial.Answer(
      verdict: verdict, exitCode: 1, summary: "",
      invariants: [
        Trial.Judged(
          name: "no-lost-writes", checker: "no-lost-writes", verdict: verdict, summary: "",
          evidence: kinds.map { Trial.Shown(kind: $0, operations: 1, known: 7) })
      ])
  }

  @Test func onlyTheRightInvariantWithTheRightEvidenceCatches() {
    let lost = TruthTable.Catch(invariant: "no-lost-writes", evidence: "lost")
    #expect(answer("invalid", ["foreign", "lost"]).catches(lost) != nil)
    #expect(answer("invalid", ["foreign"]).catches(lost) == nil)
    #expect(answer("invalid", []).catches(lost) == nil)
    #expect(answer("unknown", ["lost"]).catches(lost) == nil)
    #expect(answer("valid", ["lost"]).catches(lost) == nil)
    #expect(
      answer("invalid", ["lost"]).catches(.init(invariant: "settles", evidence: nil)) == nil)
  }

  private func tally(found: Int, of all: Int, clean: [String]) -> TruthTally {
    var tally = TruthTally()
    let caught = TruthTable.Catch(invariant: "set", evidence: nil)
    for number in 0..<all {
      tally.defects.append(
        TruthTally.Found(
          defect: .init(
            name: "d\(number)", experiment: "e", settings: [], caughtBy: caught, seeds: 5),
          evidence: number < found ? Trial.Shown(kind: "lost", operations: 1, known: 9) : nil,
          seconds: number < found ? Double(number) : nil, seeds: 1, remark: ""))
    }
    for verdict in clean {
      tally.clean.append(TruthTally.Judged(name: "c", seed: 1, verdict: verdict, remark: ""))
    }
    return tally
  }

  @Test func theLastLineSaysWhatCounts() {
    let line = tally(found: 3, of: 4, clean: ["valid", "invalid"]).lastLine
    #expect(line == "truth: 3 of 4 defects found, 1 false alarms in 2 clean runs, median 1 s")
  }

  @Test(arguments: [
    (2, ["valid", "valid"], true), (1, ["valid"], false), (2, ["valid", "invalid"], false),
    (2, ["valid", "unknown"], false),
    (2, Array(repeating: "valid", count: 10) + ["unknown"], true),
  ])
  func itIsTrueOnlyWhereAllWasFoundAndNothingInvented(
    found: Int, clean: [String], isTrue: Bool
  ) {
    #expect(tally(found: found, of: 2, clean: clean).isTrue == isTrue)
  }

  @Test func aRunIsReadAsItWasWritten() throws {
    let text = """
      {"verdict":"invalid","expectation":{"met":false,"summary":"no"},"phases":{"method":2500},
       "notes":["a"],"invariants":[{"name":"set","checker":"set","verdict":"invalid","summary":"s",
       "evidence":[{"kind":"lost","summary":"x","from":3000,"until":4500,"operations":[1,2]}]}]}
      """
    let read = try #require(Trial.Answer(reading: try JSON(reading: text), exitCode: 1))
    let shown = try #require(read.catches(.init(invariant: "set", evidence: "lost")))
    #expect(read.methodBegan == 2.5 && shown.known == 4.5 && shown.operations == 2)
    #expect(Trial.Answer(reading: ["a": 1], exitCode: 1) == nil)
  }

  @Test func settingsMayHaveBlanks() {
    let settings = PlantedHistories.settings("model=multi-register initial={:x 0 :y 0}")
    #expect(settings == ["model=multi-register", "initial={:x 0 :y 0}"])
    #expect(PlantedHistories.settings("").isEmpty)
  }
}
