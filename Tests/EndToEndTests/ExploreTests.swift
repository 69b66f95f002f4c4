import Foundation
import Testing

extension EndToEnd {
  /// Experiments that are drawn, run, and summed up.
  @Suite struct Explore {
    /// A folder for reports that goes with the test, and an experiment whose traffic is taken.
    private final class Place {
      let folder = FileManager.default.temporaryDirectory.appending(
        path: "e2e-\(UUID().uuidString)"
      )
      .path
      var experiment: String { folder + "/numbers.yaml" }

      init() throws {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
        try """
        title: A queue
        stack: twosite-raft
        workloads:
          once: {kind: queue, service: queue-once, rate: 60/s, clients: 6, timeout: 1s}
        steady-state: {for: 500ms, within: 20s}
        method:
          - {at: 1s, fault: pause, target: {node: store-a}, for: 1s}
        settle: {for: 1s, within: 20s}
        invariants:
          - total-queue: {workload: once, delivery: exactly-once, drained: false}
          - latency: {workload: once, percentile: 50, below: 100ms}
        """.write(toFile: experiment, atomically: true, encoding: .utf8)
      }

      deinit { try? FileManager.default.removeItem(atPath: folder) }

      func start(_ arguments: String...) throws -> Program {
        try Program(
          Machine.faultline,
          ["explore", "twosite-raft", "--traffic", experiment, "--reports", folder + "/reports"]
            + arguments)
      }

      /// The only exploration's own folder.
      func explored() throws -> String {
        let parent = folder + "/reports/twosite-raft/explore"
        let names = try FileManager.default.contentsOfDirectory(atPath: parent)
        return parent + "/" + (try #require(names.first))
      }

      func text(_ name: String) throws -> String {
        try String(contentsOfFile: try explored() + "/" + name, encoding: .utf8)
      }
    }

    @Test func aDefectIsFoundGroupedAndCanBeReplayed() throws {
      let place = try Place()
      let program = try place.start(
        "--with", "defect=duplicates-message", "--runs", "2", "--jobs", "2", "--seed", "3",
        "--faults", "pause,delay", "--json")
      let ended = try program.finish(within: 90)
      program.traces.expectGone()
      #expect(ended.code == 1, "\(ended)")
      let said = try #require(
        try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
      #expect((said["counts"] as? [String: Int])?["failed"] ?? 0 > 0, "\(ended)")
      let failure = try #require(
        (said["failures"] as? [[String: Any]])?.first {
          ($0["failure"] as? [String: String])?["invariant"] == "total-queue-once"
        })
      #expect(failure["count"] as? Int ?? 0 > 0)
      // The experiment is what was drawn, and a file like any other.
      let file = try #require(failure["experiment"] as? String)
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text.contains("explore twosite-raft --seed 3"), "\(text)")
      #expect(text.contains("--set defect=duplicates-message") && !text.contains("latency"))
      let planned = try Program(Machine.faultline, ["plan", file]).finish()
      #expect(planned.code == 0, "\(planned)")
      let again = try #require(failure["again"] as? String)
      let run = try #require(again.split(separator: " ").last.map { String($0) })
      #expect(FileManager.default.fileExists(atPath: run + "/plan.json"), "\(again)")
      #expect(try place.text("junit.xml").contains("<failure"))
      #expect(try place.text("runs.jsonl").split(separator: "\n").count == 2)
      let covered = try place.text("coverage.json")
      #expect(covered.contains("\"role\": \"store"), "\(covered)")
    }

    @Test func whatIsDrawnIsShownWithoutARun() throws {
      let place = try Place()
      func said() throws -> Program.Ended {
        try place.start("--dry-run", "--runs", "3", "--seed", "3", "--faults", "pause,delay")
          .finish()
      }
      let ended = try said()
      #expect(ended.code == 0 && ended.errors.isEmpty, "\(ended)")
      #expect(ended.output.components(separatedBy: "\nstack: twosite-raft\n").count == 4)
      #expect(try said().output == ended.output)
      #expect(!FileManager.default.fileExists(atPath: place.folder + "/reports"))
    }

    @Test func interruptedItSaysWhatThereIs() throws {
      let place = try Place()
      let program = try place.start("--runs", "1", "--seed", "3", "--faults", "pause")
      _ = Wait.until(within: 30) {
        program.traces.look()
        return program.outputSoFar.contains("seed 3") && (try? place.text("run-1.json")) != nil
      }
      program.send(SIGINT)
      let ended = try program.finish(within: 30)
      program.traces.expectGone()
      #expect(ended.code == 130, "\(ended)")
      #expect(ended.output.contains("0 runs: none"), "\(ended)")
      #expect(try place.text("explore.json").contains("\"passed\": 0"))
    }

    @Test(arguments: [
      (["explore"], "takes one stack"),
      (["explore", "twosite-raft", "--for", "soon"], "takes a duration"),
      (["explore", "twosite-raft", "--faults", "kil"], "did you mean 'kill'?"),
      (["explore", "twosite-raft", "--at-most", "0"], "from 1 to 8"),
      (["explore", "nothing"], "unknown stack 'nothing'"),
      (["explore", "twosite-raft", "--traffic", "20-etcd-lock"], "not about"),
      (["explore", "etcd", "--faults", "drain", "--dry-run"], "'server'"),
    ])
    func whatCannotBeExploredIsRefused(words: [String], because reason: String) throws {
      let ended = try Program(Machine.faultline, words).finish()
      #expect(ended.code == 2 && ended.errors.contains(reason), "\(ended)")
    }
  }
}
