import Foundation
import Testing

extension EndToEnd {
  /// Runs that somebody ends, at any moment.
  @Suite struct Interrupts {
    /// Long enough to be hit in the middle.
    static let method = "{at: 500ms, fault: pause, target: {node: web}, component: page, for: 20s}"

    static let moments = ["up", "steady", "method"]

    /// A run that stays in one phase until it is ended.
    private func start(in phase: String) throws -> (SmallProject, Program) {
      let server =
        phase == "up"
        ? SmallProject.script("sleep 60", ready: "{tcp: 8080, within: 60s}") : SmallProject.server
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          steady: phase == "steady" ? "{for: 20s, within: 30s}" : "{for: 300ms, within: 5s}",
          method: Self.method), server: server)
      let program = try project.start()
      try program.await(phase == "method" ? "pause page on node web" : " \(phase) ")
      return (project, program)
    }

    @Test func interruptedOnceItHealsJudgesAndSays130() throws {
      let (project, program) = try start(in: "method")
      program.send(SIGINT)
      let ended = try program.finish(within: 20)
      program.traces.expectGone()
      #expect(ended.code == 130, "\(ended)")
      #expect(ended.errors.contains("healing and judging what there is"))
      let result = try project.result()
      #expect(result.exitCode == 130 && result.verdict == "unknown")
      let fault = try #require(result.faults.first)
      #expect(fault.confirmed != nil && fault.healConfirmed != nil)
      #expect(result.invariant("availability")?.operations ?? 0 > 20)
      #expect(FileManager.default.fileExists(atPath: project.newest + "/report.html"))
      let junit = try String(contentsOfFile: project.newest + "/junit.xml", encoding: .utf8)
      #expect(junit.contains("errors=\"1\"") && junit.contains("interrupted"), "\(junit)")
    }

    @Test func terminatedItHealsAndSays143() throws {
      let (project, program) = try start(in: "method")
      program.send(SIGTERM)
      #expect(try program.finish(within: 20).code == 143)
      program.traces.expectGone()
      #expect(try project.result().faults.first?.healConfirmed != nil)
    }

    @Test func interruptedTwiceItEndsAtOnce() throws {
      let (project, program) = try start(in: "method")
      program.send(SIGINT)
      try program.await("healing and judging")
      program.send(SIGINT)
      #expect(try program.finish(within: 10).code == 130)
      program.traces.expectGone()
      #expect(try Journal.read(project.newest).contains { $0.phase == "injecting" })
    }

    @Test(arguments: ["up", "steady"]) func interruptedEarlierItJudgesNothing(phase: String) throws
    {
      let (project, program) = try start(in: phase)
      program.send(SIGINT)
      let ended = try program.finish(within: 20)
      program.traces.expectGone()
      #expect(ended.code == 130, "\(ended)")
      let result = try project.result()
      #expect(result.verdict == "unknown" && result.faults.isEmpty && result.invariants.isEmpty)
    }

    @Test(arguments: moments) func killedTheKernelTakesTheRestWithIt(phase: String) throws {
      let (project, program) = try start(in: phase)
      program.send(SIGKILL)
      #expect(try program.finish(within: 10).code == 137)
      program.traces.expectGone()
      guard phase == "method" else { return }
      #expect(try Journal.read(project.newest).last?.phase == "confirmed")
    }

    @Test(arguments: moments) func theInnerProcessKilledEndsTheOuter(phase: String) throws {
      let (_, program) = try start(in: phase)
      let isThere = Wait.until(within: 5) {
        program.traces.look()
        return program.traces.inner != nil
      }
      try #require(isThere)
      kill(try #require(program.traces.inner), SIGKILL)
      let ended = try program.finish(within: 10)
      program.traces.expectGone()
      #expect(ended.code == 3)
      #expect(ended.errors.contains("the run's own process was killed by signal 9"), "\(ended)")
    }
  }
}

/// `journal.jsonl`: what was about to be done, on disk before it was.
struct Journal: Decodable {
  let phase: String
  let fault: Int

  static func read(_ folder: String) throws -> [Journal] {
    try String(contentsOfFile: folder + "/journal.jsonl", encoding: .utf8)
      .split(separator: "\n").map { try JSONDecoder().decode(Journal.self, from: Data($0.utf8)) }
  }
}
