import Foundation
import Testing

extension EndToEnd {
  /// Many runs of one experiment, and what they say together.
  @Suite struct Series {
    private func project() throws -> SmallProject {
      try SmallProject(
        experiment: SmallProject.experiment(
          invariants:
            "failover-time: {workload: pages, first-good: {p50: 5s, at-most: 4s}, sustained: 300ms, recovers-alone: false}"
        ))
    }

    private func folders(_ project: SmallProject, _ ending: String) throws -> [String] {
      let parent = project.folder + "/reports/small/small"
      return try FileManager.default.contentsOfDirectory(atPath: parent).sorted()
        .filter { $0.hasSuffix(ending) }.map { parent + "/" + $0 }
    }

    private func document(_ path: String) throws -> [String: Any] {
      let data = try Data(contentsOf: URL(filePath: path))
      return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// Each step waits for somebody, from another terminal; the verdict is as if it had not.
    @Test func aMethodIsSteppedThrough() throws {
      let project = try project()
      let run = try project.start(["--step"])
      defer { _ = run }
      try run.await("‖ waits: kill page on node web", within: 60)
      let status = try project.faultline("status")
      #expect(status.output.contains("waits until it is let begin"), "\(status)")
      // Longer than a step may be late.
      #expect(try project.faultline("exec", "client", "--", "sleep", "1.5").code == 0)
      let begins = try project.faultline("step")
      #expect(begins.code == 0 && begins.output == "begins: kill page on node web\n", "\(begins)")
      let none = try project.faultline("step")
      #expect(none.code == 2 && none.errors.contains("no step waits now"), "\(none)")
      let ended = try run.finish()
      // One run cannot show what is asked of many.
      #expect(
        ended.code == 6 && ended.output.contains("one run alone cannot show this"), "\(ended)")
      #expect(!ended.output.contains("unknown method"), "\(ended)")
      #expect(ended.output.contains("until it was let begin: kill page"), "\(ended)")
      let many = try project.run("--step", "--repeat", "2")
      #expect(many.code == 2 && many.errors.contains("--step is for one run"), "\(many)")
    }

    @Test func repeatsAreSummedUpAndReplayed() throws {
      let project = try project()
      let ended = try project.run("--repeat", "2", "--jobs", "2")
      // Two runs say nothing of a median with 95 %.
      #expect(ended.code == 6, "\(ended)")
      #expect(ended.output.contains("2 runs: "), "\(ended)")
      #expect(ended.output.contains("at least 5 are needed"), "\(ended)")
      #expect(ended.errors.contains("say 'repeat: 5'"), "\(ended)")
      let series = try #require(try folders(project, "-series").first)
      let said = try document(series + "/series.json")
      let runs = try #require(said["runs"] as? [[String: Any]])
      let seeds = runs.compactMap { $0["seed"] as? String }
      #expect(seeds.first == "1" && Set(seeds).count == 2)
      // Each has a folder of its own, and names that tell them apart.
      let suites = try runs.map { run in
        let text = try String(
          contentsOfFile: (run["folder"] as? String ?? "") + "/junit.xml", encoding: .utf8)
        return String(text.split(separator: "\n")[1].split(separator: "\"")[1])
      }
      #expect(suites == ["small (run 1 of 2)", "small (run 2 of 2)"])
      #expect(FileManager.default.fileExists(atPath: series + "/junit.xml"))
      try replay(runs[0]["folder"] as? String ?? "", project)
    }

    private func replay(_ run: String, _ project: SmallProject) throws {
      // The plan is the stored one, whatever became of the files.
      try project.write("nothing", to: "experiments/small.yaml")
      let again = try project.faultline("replay", run, "--json")
      #expect(again.code == 6, "\(again)")
      let said = try #require(
        try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any])
      #expect((said["runs"] as? [Any])?.count == 1 && (said["differences"] as? [String]) == [])
      // What this machine lacks is said before anything begins.
      let plan = try String(contentsOfFile: run + "/plan.json", encoding: .utf8)
      try plan.replacing("/usr/sbin/nginx", with: "/usr/sbin/nothing").write(
        toFile: run + "/plan.json", atomically: true, encoding: .utf8)
      let lacking = try project.faultline("replay", run)
      #expect(lacking.code == 7 && lacking.errors.contains("nothing"), "\(lacking)")
    }

    /// The runs before are read before the new ones stand beside them, and a bound that is met ends the series.
    @Test func runsEndWhenSureAndAreComparedWithThoseBefore() throws {
      let project = try project()
      let before = try project.run("--repeat", "20", "--until-sure", "--quiet")
      #expect(before.output.contains("so it is, by the first 7 runs"), "\(before)")
      #expect(before.code == 0 && before.output.contains("7 runs: 7 valid"), "\(before)")
      let after = try project.run("--repeat", "1", "--baseline", "reports", "--quiet")
      #expect(after.code == 6, "\(after)")
      #expect(after.output.contains("7 runs before, 1 since"), "\(after)")
      #expect(after.output.contains("too few runs to say"), "\(after)")
      let series = try #require(try folders(project, "-series").first)
      let same = try project.faultline("compare", series, series)
      #expect(same.code == 0 && same.output.contains("became worse beyond 10%"), "\(same)")
      let one = try project.faultline("compare", series, project.newest)
      #expect(one.code == 6, "\(one)")
    }

    @Test func whatCannotBeReplayedIsRefused() throws {
      let project = try project()
      for words in [
        ["replay"], ["replay", project.folder], ["replay", "/nowhere"],
        ["replay", "/tmp", "--times", "0"], ["run", "experiments/small.yaml", "--repeat", "0"],
        ["run", "experiments/small.yaml", "--until", "valid"], ["shrink", project.folder],
        ["run", "experiments/small.yaml", "--until-sure"],
        ["run", "experiments/small.yaml", "--repeat", "4", "--until-sure"],
        ["run", "experiments/small.yaml", "--repeat", "50", "--until-sure", "--rate", "5%"],
        ["run", "experiments/small.yaml", "--repeat", "50", "--rate", "5%"],
        ["run", "experiments/small.yaml", "--repeat", "50", "--until-sure", "--rate", "much"],
        ["run", "experiments/small.yaml", "--baseline", "/nowhere"],
        ["run", "experiments/small.yaml", "--baseline", "experiments"],
        ["run", "experiments/small.yaml", "--tolerance", "5%"],
        ["shrink", "/nowhere", "--for", "x"],
      ] {
        let ended = try Program(
          Machine.faultline, words, in: project.folder, environment: project.environment
        ).finish()
        #expect(ended.code == 2 && ended.errors.contains("faultline: "), "\(words) \(ended)")
      }
    }
  }

  /// A store that forgets when it is killed, and an experiment in which much else happens.
  @Suite(.needs("/usr/bin/python3")) struct Shrinks {
    @Test func whatIsNotNeededForTheFailureIsTakenAway() throws {
      let pause = "{at: %, fault: pause, target: {node: store-b}, component: store, for: 300ms}"
      let project = try StoreProject.make(
        method: pause.replacing("%", with: "200ms")
          + "\n  - {at: 700ms, fault: kill, target: {node: store-a}, component: store, for: 300ms}"
          + "\n  - " + pause.replacing("%", with: "1500ms"),
        invariants: ["no-lost-writes: {workload: orders}", "availability: {at-least: 1%}"])
      let ended = try project.run("--quiet")
      #expect(ended.code == 1, "\(ended)")
      let run = project.folder + "/reports/stores/small/latest"
      let shrunk = try Program(
        Machine.faultline, ["shrink", run, "--for", "45s"], in: project.folder,
        environment: project.environment)
      let said = try shrunk.finish()
      shrunk.traces.expectGone()
      #expect(said.code == 1 && said.output.contains("fails in the same way"), "\(said)")
      let name = try FileManager.default.destinationOfSymbolicLink(atPath: run)
      let folder = project.folder + "/reports/stores/small/\(name)-shrink"
      let minimal = try String(contentsOfFile: folder + "/minimal.yaml", encoding: .utf8)
      let pauses = minimal.components(separatedBy: "fault: pause").count - 1
      #expect(minimal.contains("fault: kill") && pauses < 2, "\(minimal)")
      #expect(
        minimal.contains("fresh runs only") && minimal.contains("95 % interval"), "\(minimal)")
      let plan = try project.faultline("plan", folder + "/minimal.yaml")
      #expect(plan.code == 0, "\(plan)")
    }
  }
}
