import Basics
import Exploring
import Histories
import Reports
import Testing

/// What an exploration says of its runs.
@Suite struct ExplorationTests {
  private func run(
    _ number: Int, _ ground: ShippedGround, exit: Int = 0, violated: [(String, String)] = [],
    faults: [String] = []
  ) throws -> ExploredRun {
    let invariants = violated.map {
      "{\"name\":\"\($0.0)\",\"verdict\":\"invalid\",\"summary\":\"gone\",\"evidence\":[{\"kind\":\"\($0.1)\"}]}"
    }
    let held = "{\"name\":\"settles\",\"verdict\":\"valid\",\"summary\":\"fine\",\"evidence\":[]}"
    let document = """
      {"exitCode":\(exit),"seed":"\(number)","folder":"/r/\(number)","command":"c",
       "trouble":\(exit == 3 ? "\"no network\"" : "null"),
       "invariants":[\((invariants + [held]).joined(separator: ","))],
       "faults":[\(faults.joined(separator: ","))]}
      """
    let drawn = try #require(ground.drawing(seed: 1).experiment(number: number))
    let read = try #require(RunSeries.Run(reading: try JSON(reading: document), number: number))
    return ExploredRun(
      drawn, read, on: ground.stack, length: .seconds(10), file: "/e/\(number).yaml")
  }

  private func fault(
    _ name: String, _ targets: [String], state: String = "steady", outcome: String = "confirmed",
    inCharge: [String] = []
  ) -> String {
    func list(_ texts: [String]) -> String {
      "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    }
    return """
      {"id":1,"kind":"\(name)","summary":"s","isAction":false,"targets":\(list(targets)),"state":"\(state)",
       "inCharge":\(list(inCharge)),"outcome":"\(outcome)"}
      """
  }

  private func exploration(_ runs: [ExploredRun]) -> Exploration {
    Exploration(
      stack: "s", seed: 1, runs: runs, length: .seconds(60), jobs: 2,
      omissions: [])
  }

  @Test func failuresAreGroupedByInvariantAndEvidence() throws {
    let ground = try ShippedGround("twosite-raft")
    let lost = ("no-lost-writes-x", "lost")
    let all = exploration([
      try run(4, ground, exit: 1, violated: [lost]), try run(1, ground),
      try run(3, ground, exit: 1, violated: [lost, ("linearizable-y", "stale")]),
      try run(2, ground, exit: 1, violated: [("no-lost-writes-x", "stale replica")]),
    ])
    #expect(all.failures.map(\.signature.text).first == "no-lost-writes-x (lost)")
    #expect(all.failures.map(\.count) == [2, 1, 1])
    #expect(all.failures.first?.first.number == 3 && all.failures.first?.first.run.seed == "3")
    #expect(all.exit == .invalid && all.pace == 240)
    let text = all.summary(palette: .plain)
    #expect(text.contains("failed  no-lost-writes-x (lost) in 2 of 4 runs"), "\(text)")
    #expect(text.contains("again: faultline replay /r/3"), "\(text)")
    #expect(all.junit.contains("tests=\"4\" failures=\"2\" errors=\"0\""), "\(all.junit)")
    #expect(all.json["failures"]?.elements.first?["count"] == 2)
  }

  /// A run that says nothing is never among those that passed.
  @Test func whatCouldNotBeJudgedIsCountedApart() throws {
    let ground = try ShippedGround("twosite-raft")
    let (good, unknown, broken) = (
      try run(1, ground), try run(2, ground, exit: 6), try run(3, ground, exit: 3)
    )
    #expect(exploration([]).exit == .nothingRan)
    #expect(exploration([broken]).exit == .nothingRan)
    #expect(exploration([unknown, broken]).exit == .unknown)
    #expect(exploration([good, unknown, broken]).exit == .unknown)
    let enough = exploration([good, unknown])
    #expect(enough.exit == .valid && enough.count(.passed) == 1 && enough.count(.unknown) == 1)
    #expect(!enough.junit.contains("<error") && enough.junit.contains("run 2"))
    let text = exploration([good, unknown, broken]).summary(palette: .plain)
    #expect(text.contains("UNKNOWN  s, seed 1  3 runs: 1 passed, 1 unknown, 1 broken"), "\(text)")
    #expect(text.contains("run 3, seed 3: no network"), "\(text)")
    #expect(exploration([broken]).junit.contains("<error type=\"unknown\""))
  }

  @Test func onlyConfirmedFaultsAreCovered() throws {
    let ground = try ShippedGround("twosite-raft")
    let runs = [
      try run(
        1, ground,
        faults: [
          fault("kill", ["store-a/twosite-store"], inCharge: ["store-a"]),
          fault("pause", ["store-b"], state: "after-change"),
          fault("delay", ["store-a", "client-a"], inCharge: ["store-a"]),
          fault("loss", ["store-a"], outcome: "inconclusive"),
        ]),
      try run(2, ground, faults: [fault("pause", ["store-t"], state: "after-change")]),
    ]
    let coverage = exploration(runs).coverage
    #expect(
      coverage.counts == [
        CoverageCell(fault: "kill", role: "store in charge", state: .steady): 1,
        CoverageCell(fault: "pause", role: "store", state: .afterChange): 2,
        CoverageCell(fault: "delay", role: "client and store", state: .steady): 1,
      ])
    #expect(coverage.unconfirmed == ["loss": 1] && coverage.total == 4)
    #expect(coverage.rows.map(\.fault) == ["delay", "kill", "pause"])
    let text = exploration(runs).summary(palette: .plain)
    #expect(text.contains("4 confirmed faults; not confirmed: loss 1"), "\(text)")
    #expect(exploration(runs).coverageJSON["cells"]?.elements.count == 3)
  }
}
