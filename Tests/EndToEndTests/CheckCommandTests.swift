import Foundation
import Testing

extension EndToEnd {
  /// `check` and `export` as a user of foreign histories meets them.
  @Suite struct CheckCommand {
    private static let histories = Machine.root + "/fixtures/histories"

    private func json(_ ended: Program.Ended) throws -> [String: Any] {
      try #require(
        try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any],
        "\(ended)")
    }

    @Test(arguments: [("valid", Int32(0)), ("invalid", 1), ("unknown", 6)])
    func theVerdictIsTheExitCode(folder: String, code: Int32) throws {
      let rows = try String(contentsOfFile: Self.histories + "/index.tsv", encoding: .utf8)
        .split(separator: "\n").dropFirst().map {
          $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
      let some = rows.filter { $0[0].hasPrefix(folder + "/") && $0[2].isEmpty }.prefix(12)
      #expect(some.count > 5)
      for row in some {
        let ended = try Program.faultline(
          "check", "\(Self.histories)/\(row[0])", "--checker", row[1], "--json")
        #expect(ended.code == code, "\(row[0]): \(ended)")
        let finding = try json(ended)
        #expect(finding["verdict"] as? String == folder)
        #expect(finding["checker"] as? String == row[1])
        for key in ["operations", "millis", "peakBytes"] { #expect(finding[key] is NSNumber) }
        #expect(finding["figures"] is [String: Any] && finding["evidence"] is [Any])
      }
    }

    /// Every key of the register history is searched; with few distinct values and many unknown
    /// outcomes there is no answer within the budget.
    @Test func theBudgetBoundsAHardHistory() throws {
      let project = try SmallProject()
      try project.write(Self.hardHistory(operations: 3000), to: "hard.hist")
      let start = ContinuousClock.now
      let ended = try project.faultline(
        "check", "hard.hist", "--checker", "linearizable", "--model", "cas-register",
        "--budget", "1s", "--memory", "100M", "--json")
      #expect([0, 1, 6].contains(ended.code), "\(ended)")
      #expect(ContinuousClock.now - start < .seconds(20), "the budget was one second")
      let peak = try #require(try json(ended)["peakBytes"] as? Int)
      #expect(peak < 400 << 20)
    }

    /// 40 clients write and compare-and-set two values; a third of the outcomes are unknown.
    private static func hardHistory(operations: Int) -> String {
      var lines: [String] = []
      var state: UInt64 = 7
      func roll(_ bound: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % bound
      }
      for wave in 0..<operations / 40 {
        let ids = (0..<40).map { wave * 40 + $0 }
        for id in ids { lines.append("i \(id) \(id) c 0 \(roll(2)) \(roll(2))") }
        for id in ids { lines.append(roll(3) == 0 ? "u \(id)" : "o \(id)") }
      }
      return lines.joined(separator: "\n") + "\n"
    }

    @Test(arguments: ["jsonl", "jepsen-edn"])
    func whatIsExportedIsJudgedTheSame(format: String) throws {
      let project = try SmallProject()
      let names = try FileManager.default.contentsOfDirectory(atPath: Self.histories + "/invalid")
      let name = try #require(names.sorted().first { $0.hasPrefix("set-full") })
      let source = "\(Self.histories)/invalid/\(name)"
      let exported = try project.faultline(
        "export", source, "--format", format, "--output", "copy.\(format)")
      #expect(exported.code == 0, "\(exported)")
      let before = try Program.faultline("check", source, "--checker", "set-full")
      let after = try project.faultline("check", "copy.\(format)", "--checker", "set-full")
      #expect(before.code == 1 && after.code == 1)
      #expect(before.output == after.output)
    }

    /// As through a pipe: nothing but the content tells what it is.
    @Test func standardInputIsReadAndWhatWasTakenForGrantedIsSaid() throws {
      let file = Self.histories + "/invalid/list-append-without-invocations.edn"
      let command =
        "cat '\(file)' | '\(Machine.faultline)' check - --checker list-append "
        + "--model serializable --json"
      let ended = try Program.run("/bin/sh", "-c", command)
      #expect(ended.code == 1, "\(ended)")
      let notes = try #require(try json(ended)["notes"] as? [String])
      #expect(notes.contains { $0.contains("happened at once") })
      let text = try Program.faultline(
        "check", file, "--checker", "list-append", "--model", "serializable")
      #expect(text.output.contains("note: no event is an invocation"), "\(text)")
    }

    @Test func whatIsNoHistoryIsRefused() throws {
      let project = try SmallProject()
      try project.write("; nothing\n", to: "comment.edn")
      let ended = try project.faultline("check", "comment.edn", "--checker", "set")
      #expect(ended.code == 2 && ended.errors.contains("not one event"), "\(ended)")
      let empty = try Program.faultline("check", "-", "--checker", "set")
      #expect(empty.code == 2 && empty.errors.contains("standard input: it is empty"), "\(empty)")
    }

    @Test func aMisspeltModelIsAskedAfter() throws {
      let ended = try Program.faultline(
        "check", Self.histories + "/valid/rw-register-causal-plume.txt", "--checker", "rw-register",
        "--model", "serialisable")
      #expect(ended.code == 2)
      #expect(ended.errors.contains("did you mean 'serializable'?"), "\(ended)")
    }

    @Test func aModelThatIsNoneIsRefusedWithTheOnesThereAre() throws {
      let names = try FileManager.default.contentsOfDirectory(atPath: Self.histories + "/valid")
      let name = try #require(names.sorted().first { $0.hasPrefix("linearizable") })
      let ended = try Program.faultline(
        "check", "\(Self.histories)/valid/\(name)", "--checker", "linearizable", "--model", "stack")
      #expect(ended.code == 2)
      #expect(ended.errors.contains("cas-register"), "\(ended)")
    }
  }
}
