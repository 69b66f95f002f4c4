import Foundation
import Testing

extension EndToEnd {
  /// `matrix`: every fault that fits on every component.
  @Suite struct Matrices {
    private static let traffic = "Tests/EndToEndTests/Fixtures/a-set.yaml"

    private func matrix(_ words: String..., reports: String) throws -> Program.Ended {
      try Program(
        Machine.faultline, ["matrix"] + words + ["--seed", "7", "--reports", reports]
      ).finish(within: 180)
    }

    /// Two faults on a replicated store: its leader is struck, another takes over, nothing is lost. What the experiment
    /// itself asks of a fault is not asked.
    @Test func aLeaderIsKilledAndPausedAndAnotherTakesOver() throws {
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "matrix-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let ended = try matrix(
        "twosite-raft", "--faults", "pause,stale-neighbours", "--traffic", Self.traffic, "--json",
        reports: folder)
      let said = try #require(
        try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any],
        "\(ended)")
      #expect(ended.code == 0, "\(ended)")
      let rows = try #require(said["rows"] as? [[String: Any]])
      #expect(rows.count == 1 && rows[0]["aim"] as? String == "the leader of twosite-store")
      let cells = try #require(rows[0]["cells"] as? [[String: Any]])
      #expect(cells.map { $0["fault"] as? String } == ["pause", "stale-neighbours"])
      #expect(cells.map { $0["state"] as? String } == ["measured", "unfit"])
      #expect(cells[0]["lost"] as? Int == 0)
      #expect((cells[0]["takeover"] as? Double ?? 0) > 0, "\(cells[0])")
      let noticed = try #require(cells[0]["noticed"] as? [String])
      // The first five are told; where two stood for election at once the leader may not be among them.
      let stoodOrWon = ["leader", "candidate"].map { "/twosite-store: " + $0 }
      #expect(noticed.contains { said in stoodOrWon.contains { said.hasSuffix($0) } }, "\(noticed)")
      #expect((cells[1]["reason"] as? String ?? "").contains("address"), "\(cells[1])")
      try filesAgree(try #require(said["folder"] as? String), cells[0])
    }

    private func filesAgree(_ folder: String, _ cell: [String: Any]) throws {
      let csv = try String(contentsOfFile: folder + "/matrix.csv", encoding: .utf8)
      #expect(csv.split(separator: "\r\n").count == 3, "\(csv)")
      let runs = try #require(cell["runs"] as? [[String: Any]])
      let run = try #require(runs.first?["folder"] as? String)
      #expect(run.hasPrefix(folder + "/runs/"))
      let place = String(run.dropFirst(folder.count + 1)) + "/report.html"
      #expect(FileManager.default.fileExists(atPath: folder + "/" + place))
      let html = try String(contentsOfFile: folder + "/matrix.html", encoding: .utf8)
      #expect(html.contains("href=\"\(place)\""))
      let plan = folder + "/cells/twosite-store-store-pause/plan.json"
      #expect(FileManager.default.fileExists(atPath: plan))
    }

    @Test func whatIsNotReachedIsEmpty() throws {
      let project = try SmallProject()
      let ended = try project.faultline(
        "matrix", "small", "--faults", "kill", "--for", "1ms", "--json")
      #expect(ended.code == 6, "\(ended)")
      #expect(ended.output.contains("\"the time was up\"") && !ended.output.contains("\"valid\""))
    }

    @Test(
      arguments: [
        ([], "takes one stack"), (["nothing"], "nothing"),
        (["small", "--faults", "kil"], "did you mean 'kill'?"),
        (["small", "--for", "soon"], "--for takes a duration"),
        (["small", "--traffic", "none"], "there is no experiment 'none'"),
        (["small", "--repeat", "0"], "--repeat takes a number"), (["lonely"], "--traffic"),
      ] as [([String], String)])
    func whatMakesNoSenseIsRefused(words: [String], sentence: String) throws {
      let project = try SmallProject()
      try project.write(SmallProject.stack, to: "fixtures/stacks/lonely.yaml")
      let ended = try Program(
        Machine.faultline, ["matrix"] + words, in: project.folder,
        environment: project.environment
      ).finish()
      #expect(ended.code == 2 && ended.errors.contains(sentence), "\(words) \(ended)")
      #expect(!FileManager.default.fileExists(atPath: project.folder + "/reports"))
    }
  }
}
