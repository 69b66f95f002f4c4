import Foundation
import Testing

extension EndToEnd {
  /// What a run may claim, and how it says so.
  @Suite struct Verdicts {
    @Test func withoutTrafficDuringAFaultNothingIsKnown() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          method: "{at: 200ms, fault: kill, target: {node: web}, component: page, for: 300ms}",
          invariants: "availability: {workload: pages, at-least: 1%, enough: 1}",
          workload: "{kind: call, service: page, rate: 1/s, clients: 1, "
            + "from: {role: client}, timeout: 500ms}"))
      let ended = try project.run()
      #expect(ended.code == 6, "\(ended)")
      #expect(try project.result().verdict == "unknown")
    }

    /// Between the last answer of the traffic and the final reads nobody asks for a second.
    @Test(.needs("/usr/bin/sqlite3"))
    func beforeTheFinalReadsItIsQuiet() throws {
      let text = SmallProject.experiment(
        invariants: "availability: {workload: pages, at-least: 10%}"
      ).replacing(
        "settle: {for: 500ms, within: 5s}", with: "settle: {for: 500ms, within: 5s, quiet: 1s}")
      let project = try SmallProject(experiment: text)
      let ended = try project.run()
      #expect([0, 6].contains(ended.code), "\(ended)")
      let query =
        "select (select min(time) from observation where kind = 'phase' and subject = 'final') - "
        + "(select max(completed) from operation where final = 0) >= 1000000000"
      let answer = try Program.run(
        "/usr/bin/sqlite3", project.newest + "/history.sqlite", query)
      #expect(answer.output == "1\n", "\(answer)")
    }

    @Test func aFaultThatCouldNotBeHealedIsNeverGreen() throws {
      // It starts once, and never again.
      let server = SmallProject.server.split(separator: "\n").map { line in
        line.hasPrefix("command:")
          ? "command: [/bin/sh, -c, \"test -e ${dir}/spent && exit 7; touch ${dir}/spent; "
            + "exec ${binary} -e stderr -p ${dir} -c ${dir}/nginx.conf\"]" : String(line)
      }.joined(separator: "\n")
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          invariants: "availability: {workload: pages, at-least: 50%, during: steady}"),
        server: server)
      let ended = try project.run()
      // The page never comes back: that alone is a violation.
      #expect(ended.code == 1, "\(ended)")
      let result = try project.result()
      #expect(result.invariant("availability")?.verdict == "valid")
      #expect(result.invariant("settles")?.verdict == "invalid")
      #expect(
        result.invariant("method")?.summary == "'kill page on node web' was not seen to be healed")
      #expect(result.faults.first?.confirmed != nil && result.faults.first?.healConfirmed == nil)
      let again = try project.faultline("check", project.newest)
      #expect(again.code == 1 && again.output.contains("was not seen to be healed"), "\(again)")
    }

    @Test func anExpectedViolationThatDoesNotHappenIsInvalid() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(rest: "expect: [availability]"))
      let ended = try project.run()
      #expect(ended.code == 1, "\(ended)")
      #expect(ended.output.contains("expected to be violated, but held: availability"))
      let result = try project.result()
      #expect(result.expectation?.met == false && result.verdict == "invalid")
    }

    @Test func ofSeveralFilesTheWorstCauseWins() throws {
      let project = try SmallProject()
      let violated = SmallProject.experiment(
        invariants: "availability: {workload: pages, at-least: 100%}")
      let unknown = SmallProject.experiment(
        invariants: "availability: {workload: pages, at-least: 1%, enough: 100000}")
      try project.write(violated, to: "experiments/violated.yaml")
      try project.write(unknown, to: "experiments/unknown.yaml")
      let names = ["violated", "small", "unknown"].map { "experiments/\($0).yaml" }
      let program = try Program(
        Machine.faultline, ["run"] + names + ["--json", "--seed", "4"], in: project.folder)
      let ended = try program.finish()
      program.traces.expectGone()
      #expect(ended.code == 1, "\(ended)")
      #expect(ended.errors.isEmpty)
      let results = try ended.output.split(separator: "\n").map { try RunResult.parse(String($0)) }
      #expect(results.map(\.exitCode) == [1, 0, 6])
      #expect(results.map(\.verdict) == ["invalid", "valid", "unknown"])
      #expect(results.allSatisfy { $0.seed == "4" })
      #expect(results[0].command == "faultline run experiments/violated.yaml --seed 4")
    }

    @Test func aRepeatedExperimentIsRunAsOftenAsItSays() throws {
      let project = try SmallProject(experiment: SmallProject.experiment(rest: "repeat: 2"))
      let ended = try project.run("--json")
      #expect(ended.code == 0, "\(ended)")
      let document = try JSONSerialization.jsonObject(with: Data(ended.output.utf8))
      let series = try #require(document as? [String: Any])
      let runs = try #require(series["runs"] as? [[String: Any]])
      #expect(
        runs.count == 2 && Set(runs.compactMap { $0["seed"] as? String }).count == 2, "\(ended)")
    }

    @Test(.needs("/usr/bin/script")) func coloursAreForTerminalsWhoseUserWantsThem() throws {
      let project = try SmallProject()
      let command = "\(Machine.faultline) run experiments/small.yaml --quiet"
      func run(_ environment: [String: String?]) throws -> String {
        try Program(
          "/usr/bin/script", ["-qec", command, "/dev/null"], in: project.folder,
          environment: environment
        ).finish().output
      }
      let coloured = try run(["NO_COLOR": nil])
      #expect(coloured.contains("\u{1b}[32;1mVALID"), "\(coloured.debugDescription)")
      #expect(try !run(["NO_COLOR": "1"]).contains("\u{1b}["))
      #expect(try !project.run("--quiet").output.contains("\u{1b}["))
    }
  }
}
