import Foundation
import TestGround
import Testing

extension EndToEnd {
  /// What one call of `run` does with many files, and leaves.
  @Suite struct Calls {
    /// Three files, of which one has a typo.
    private func project() throws -> SmallProject {
      let project = try SmallProject()
      try project.write(
        SmallProject.experiment.replacing("steady-state:", with: "steady-sate:"),
        to: "experiments/typo.yaml")
      try project.write(
        SmallProject.experiment(invariants: "availability: {workload: pages, at-least: 100%}"),
        to: "experiments/broken.yaml")
      return project
    }

    private func text(_ project: SmallProject, _ name: String) throws -> String {
      try String(contentsOfFile: project.folder + "/reports/calls/latest/" + name, encoding: .utf8)
    }

    private func call(_ project: SmallProject) throws -> PlainJSON {
      let document = try PlainJSON(text(project, "call.json"))
      let file = Machine.root + "/fixtures/schemas/call.json"
      let schema = SchemaCheck(try PlainJSON(String(contentsOfFile: file, encoding: .utf8)))
      #expect(schema.faults(of: document) == [])
      return document
    }

    private func faultline(
      _ project: SmallProject, _ words: [String], _ environment: [String: String] = [:]
    ) throws -> Program.Ended {
      let all = project.environment.merging(environment.mapValues { .some($0) }) { $1 }
      let program = try Program(
        Machine.faultline, words, in: project.folder, environment: all)
      let ended = try program.finish()
      program.traces.expectGone()
      return ended
    }

    private let files = ["small", "typo", "broken"].map { "experiments/\($0).yaml" }

    @Test func oneTypoDoesNotKeepTheOthersFromRunning() throws {
      let project = try project()
      let page = project.folder + "/page.md"
      try "# before\n".write(toFile: page, atomically: true, encoding: .utf8)
      let ended = try faultline(
        project, ["run"] + files + ["--seed", "1", "--junit", "out/all.xml"],
        ["GITHUB_STEP_SUMMARY": page, "GITHUB_ACTIONS": "true"])
      #expect(ended.code == 1, "\(ended)")
      #expect(ended.errors.contains("typo.yaml:7:1: unknown key 'steady-sate'"), "\(ended)")
      #expect(ended.output.contains("3 runs: 1 valid, 1 invalid, 1 usage"), "\(ended)")
      let junit = try text(project, "junit.xml")
      #expect(try String(contentsOfFile: project.folder + "/out/all.xml", encoding: .utf8) == junit)
      let read = try JUnitReading(junit)
      #expect(read.suites == ["small", "typo", "broken"] && !read.isGreen)
      let document = try call(project)
      guard case .array(let runs)? = document["runs"] else {
        Issue.record("no runs")
        return
      }
      #expect(runs.map { $0["exitCode"] } == [.number(0), .number(2), .number(1)])
      #expect(try text(project, "metrics.prom").contains("experiment=\"broken\""))
      let summary = try String(contentsOfFile: page, encoding: .utf8)
      #expect(summary.hasPrefix("# before\n## faultline run: INVALID"))
      #expect(
        ended.output.contains(
          "::error file=experiments/typo.yaml,line=7,col=1,title=typo::unknown key"), "\(ended)")
      #expect(
        ended.output.contains("::error file=experiments/broken.yaml,line=12,"), "\(ended)")
    }

    @Test func sideBySideTheyComeToTheSame() throws {
      let project = try project()
      let ended = try faultline(
        project, ["run"] + files + ["--seed", "1", "--jobs", "2", "--json"])
      #expect(ended.code == 1, "\(ended)")
      let results = try ended.output.split(separator: "\n").map { try RunResult.parse(String($0)) }
      #expect(results.map(\.exitCode).sorted() == [0, 1, 2])
      #expect(try JUnitReading(text(project, "junit.xml")).suites == ["small", "typo", "broken"])
      let left = try FileManager.default.contentsOfDirectory(
        atPath: project.folder + "/reports/calls/latest")
      #expect(left.sorted() == ["call.json", "junit.xml", "metrics.prom", "summary.md"])
    }

    @Test func whoFailsFastNamesWhatWasNotRun() throws {
      let project = try project()
      let ended = try faultline(project, ["run"] + files + ["--fail-fast"])
      #expect(ended.code == 2, "\(ended)")
      #expect(ended.output.contains("2 not run"), "\(ended)")
      let read = try JUnitReading(text(project, "junit.xml"))
      #expect(!read.isGreen && read.cases.count { $0.status == "skipped" } == 2)
    }

    @Test func aRunWhoseTimeIsUpHealsAndJudges() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          method: "{at: 500ms, fault: pause, target: {node: web}, component: page, for: 60s}"))
      let ended = try project.run("--timeout", "6s")
      #expect(ended.code == 8, "\(ended)")
      #expect(ended.output.contains("OUT OF TIME"), "\(ended)")
      let result = try project.result()
      #expect(result.exitCode == 8 && result.verdict == "unknown")
      #expect(result.trouble?.contains("its time was up after 6s") == true)
      #expect(result.faults.first?.healConfirmed != nil)
      #expect(result.invariant("availability")?.operations ?? 0 > 20)
      #expect(try !JUnitReading(text(project, "junit.xml")).isGreen)
    }

    @Test func aCallWhoseTimeIsUpBeginsNoMore() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          method: "{at: 500ms, fault: pause, target: {node: web}, component: page, for: 60s}"))
      let file = "experiments/small.yaml"
      let ended = try faultline(project, ["run", file, file, "--total-timeout", "5s", "--quiet"])
      #expect(ended.code == 8, "\(ended)")
      #expect(ended.output.contains("not run: small: the call's time was up"), "\(ended)")
      let many = try faultline(
        project, ["run", file, "--repeat", "3", "--total-timeout", "5s", "--quiet"])
      #expect(many.code == 8, "\(many)")
      let read = try JUnitReading(text(project, "junit.xml"))
      #expect(read.cases.filter { $0.message.contains("time was up") }.count == 3, "\(read.cases)")
    }

    @Test func shardsTogetherRunEachOnceAndAnEmptyOneIsNotGreen() throws {
      let project = try SmallProject()
      let file = "experiments/small.yaml"
      var seeds: [String] = []
      for index in 1...2 {
        let ended = try faultline(
          project,
          ["run", file, "--repeat", "2", "--seed", "1", "--shard", "\(index)/3", "--quiet"])
        #expect(ended.code == 0, "\(ended)")
        guard case .array(let runs)? = try call(project)["runs"] else { continue }
        for case .text(let seed)? in runs.map({ $0["seed"] }) { seeds.append(seed) }
      }
      #expect(seeds.count == 2 && Set(seeds).count == 2 && seeds.first == "1", "\(seeds)")
      let none = try faultline(project, ["run", file, "--repeat", "2", "--shard", "3/3"])
      #expect(none.code == 5 && none.errors.contains("shard 3/3 has no run"), "\(none)")
      #expect(try !JUnitReading(text(project, "junit.xml")).isGreen)
    }

    @Test func aCallThatIsInterruptedNamesWhatWasNotRun() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(method: Interrupts.method))
      let file = "experiments/small.yaml"
      let program = try Program(
        Machine.faultline, ["run", file, file, "--seed", "1"], in: project.folder,
        environment: project.environment)
      try program.await("pause page on node web")
      // Until then its files say that nothing has ended.
      #expect(try text(project, "junit.xml").contains("the call was killed before it"))
      program.send(SIGINT)
      let ended = try program.finish(within: 30)
      program.traces.expectGone()
      #expect(ended.code == 130, "\(ended)")
      #expect(ended.output.contains("not run: small: the call was interrupted"), "\(ended)")
      let read = try JUnitReading(text(project, "junit.xml"))
      #expect(read.suites.count == 2 && read.cases.allSatisfy { $0.status == "error" })
      #expect(try call(project)["exitCode"] == .number(130))
    }

    /// Nobody takes the files of an older call for those of one whose command line is wrong.
    @Test func aWrongCommandLineLeavesFilesToo() throws {
      let project = try SmallProject()
      let file = "experiments/small.yaml"
      for words in [["--sed", "3"], ["--jobs", "0"], ["--shard", "4/3"], ["--timeout", "soon"]] {
        let ended = try faultline(
          project,
          ["run", file, "--json", "--set", "token=hunter2hunter2", "--junit", "all.xml"] + words)
        #expect(ended.code == 2, "\(ended)")
        let result = try RunResult.parse(ended.output)
        #expect(result.exitCode == 2 && result.trouble != nil)
        let texts = try ["junit.xml", "call.json", "summary.md"].map { try text(project, $0) }
        #expect(try !JUnitReading(texts[0]).isGreen)
        #expect(
          try !JUnitReading(String(contentsOfFile: project.folder + "/all.xml", encoding: .utf8))
            .isGreen)
        for text in texts + [ended.output] { #expect(!text.contains("hunter2"), "\(text)") }
      }
      let nowhere = try faultline(project, ["run", file, "--junit", "/proc/no/where.xml"])
      #expect(
        nowhere.code == 2 && nowhere.errors.contains("--junit /proc/no/where.xml"), "\(nowhere)")
    }

    /// `result.json`, and what is printed, are as the schema says, however the run ends.
    @Test func resultsAreAsTheSchemaSays() throws {
      let project = try project()
      let file = Machine.root + "/fixtures/schemas/result.json"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let schema = SchemaCheck(try PlainJSON(text))
      #expect(try project.faultline("schema", "result").output == text)
      let ended = try faultline(project, ["run"] + files + ["--json"])
      let lines = ended.output.split(separator: "\n")
      #expect(lines.count == 3, "\(ended)")
      for line in lines { #expect(schema.faults(of: try PlainJSON(String(line))) == []) }
      let stored = try String(contentsOfFile: project.newest + "/result.json", encoding: .utf8)
      #expect(schema.faults(of: try PlainJSON(stored)) == [])
      let prom = try String(contentsOfFile: project.newest + "/metrics.prom", encoding: .utf8)
      #expect(prom.hasSuffix("# EOF\n") && prom.contains("faultline_run_exit_code{"))
    }

    @Test func aPlanSaysHowLongItTakes() throws {
      let project = try project()
      let before = try project.faultline("plan", "experiments/small.yaml")
      #expect(before.code == 0 && before.output.contains("takes "), "\(before)")
      #expect(!before.output.contains("the newest run took"), "\(before)")
      #expect(try project.run("--quiet").code == 0)
      let after = try project.faultline(
        "plan", "experiments/small.yaml", "experiments/typo.yaml", "experiments/broken.yaml")
      #expect(after.code == 2 && after.errors.contains("steady-sate"), "\(after)")
      #expect(after.output.contains("the newest run took "), "\(after)")
      #expect(after.output.contains("total: 2 experiments, 2 runs, about "), "\(after)")
    }
  }
}
