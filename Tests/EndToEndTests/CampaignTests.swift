import Foundation
import Testing

extension EndToEnd {
  /// Many runs over many machines, of which this is one.
  @Suite struct Campaigns {
    /// What a person sees of a merge.
    private struct Merged: Decodable {
      struct Done: Decodable {
        let shard: Int
        let exitCode: Int32
        let folder: String
        let copies: [String]
        let torn: [String]
      }
      struct Lost: Decodable {
        let shard: Int
        let reason: String
      }
      let exitCode: Int32
      let done: [Done]
      let lost: [Lost]
    }

    private func merge(
      _ project: SmallProject, _ arguments: [String] = [], environment: [String: String?] = [:]
    ) throws -> (code: Int32, said: Merged) {
      let ended = try Program(
        Machine.faultline, ["campaign", "merge", "c.json", "--json"] + arguments, in: project.folder
      ).finish()
      try #require(!ended.output.isEmpty, "\(ended)")
      return (ended.code, try JSONDecoder().decode(Merged.self, from: Data(ended.output.utf8)))
    }

    private func run(
      _ project: SmallProject, _ words: [String], _ variables: [String: String?] = [:]
    ) throws -> Program.Ended {
      let program = try Program(
        Machine.faultline, ["campaign", "run"] + words, in: project.folder,
        environment: project.environment.merging(variables) { $1 })
      let ended = try program.finish()
      program.traces.expectGone()
      return ended
    }

    /// Two experiments, of which the second is sure to be violated, in a project of a test's own.
    private func project() throws -> SmallProject {
      let project = try SmallProject()
      try project.write(
        SmallProject.experiment(invariants: "availability: {workload: pages, at-least: 100%}"),
        to: "experiments/strict.yaml")
      let planned = try project.faultline(
        "campaign", "plan", "experiments/small.yaml", "experiments/strict.yaml", "--repeat", "2",
        "--seed", "3", "--output", "c.json")
      #expect(
        planned.code == 0 && planned.output.contains("shards: 4, numbered from 0"), "\(planned)")
      return project
    }

    @Test func aLostShardIsNamedAndMadeAgain() throws {
      let project = try project()
      let none = try project.faultline("campaign", "merge", "c.json")
      #expect(none.code == 2 && none.errors.contains("is no folder; give the one"), "\(none)")
      for number in 0..<4 {
        let ended = try run(project, ["c.json"], ["JOB_COMPLETION_INDEX": "\(number)"])
        #expect(ended.code == (number < 2 ? 0 : 1), "\(ended)")
        #expect(ended.output.contains("shard \(number) of campaign"), "\(ended)")
      }
      let whole = try merge(project)
      #expect(whole.code == 1 && whole.said.done.map(\.shard) == [0, 1, 2, 3])
      #expect(whole.said.done.map(\.exitCode) == [0, 0, 1, 1])
      let campaign = (whole.said.done[0].folder as NSString).deletingLastPathComponent + "/.."
      let junit = try String(contentsOfFile: campaign + "/junit.xml", encoding: .utf8)
      #expect(junit.contains("failures=\"1\"") && junit.contains("strict"), "\(junit)")

      // A shard that is done is not made again; one that was torn is, beside what is left of it.
      let again = try run(project, ["c.json", "--shard", "2"])
      #expect(again.code == 1 && again.output.contains("shard 2 is done already"), "\(again)")
      try FileManager.default.removeItem(atPath: campaign + "/shard-001")
      try FileManager.default.removeItem(atPath: whole.said.done[3].folder + "/shard.json")
      let torn = try merge(project, ["--rerun", "lost.json"])
      #expect(torn.code == 1 && torn.said.lost.map(\.shard) == [1, 3])
      #expect(torn.said.lost[0].reason == "nothing of it came back")
      #expect(torn.said.lost[1].reason.contains("and is not finished"))
      let done = try run(project, ["lost.json", "--shard", "0"])
      #expect(done.code == 2 && done.errors.contains("shard 0 is not in lost.json"), "\(done)")
      #expect(try run(project, ["lost.json", "--place", "0"]).code == 0)
      let last = try run(project, ["lost.json"], ["SLURM_ARRAY_TASK_ID": "3"])
      #expect(last.code == 1 && last.output.contains("shard-003/attempt-2"), "\(last)")
      let mended = try merge(project)
      #expect(mended.code == 1 && mended.said.lost.isEmpty && mended.said.done.count == 4)
      #expect(mended.said.done[3].torn.count == 1 && mended.said.done.allSatisfy(\.copies.isEmpty))
    }

    /// Who ends a task ends its run, and the shard is lost; so it is when nobody has time to say so.
    @Test(arguments: [SIGTERM, SIGKILL]) func aShardThatIsEndedIsLost(signal: Int32) throws {
      let project = try project()
      let program = try Program(
        Machine.faultline, ["campaign", "run", "c.json", "--shard", "0"], in: project.folder,
        environment: project.environment)
      let hasBegun = Wait.until(within: 30) {
        program.traces.look()
        let walker = FileManager.default.enumerator(atPath: project.folder + "/reports")
        return walker?.contains { ($0 as? String)?.hasSuffix("history.sqlite") == true } == true
      }
      #expect(hasBegun, "\(program.outputSoFar)\(program.errorsSoFar)")
      program.send(signal)
      let ended = try program.finish()
      program.traces.expectGone()
      #expect(ended.code == (signal == SIGTERM ? 143 : 137), "\(ended)")
      let merged = try merge(project)
      #expect(merged.code == 6 && merged.said.lost.map(\.shard) == [0, 1, 2, 3])
      #expect(merged.said.lost[0].reason.contains("was begun at"))
    }

    @Test func whatWouldNotBelongTogetherIsRefused() throws {
      let project = try project()
      func refused(
        _ words: [String], _ sentence: String, code: Int32 = 2,
        _ variables: [String: String?] = [:]
      ) throws {
        let ended = try Program(
          Machine.faultline, ["campaign"] + words, in: project.folder,
          environment: project.environment.merging(variables) { $1 }
        ).finish()
        #expect(ended.code == code && ended.errors.contains(sentence), "\(words): \(ended)")
        #expect(ended.errors.split(separator: "\n").count == 1, "\(words): \(ended)")
      }
      try refused([], "'campaign' takes plan, run, merge or manifest")
      try refused(["plna"], "not 'plna'; did you mean 'plan'?")
      try refused(["plan"], "needs at least one experiment")
      try refused(["plan", "experiments/small.yaml", "experiments/small.yaml"], "is given twice")
      try refused(
        ["plan", "experiments/small.yaml", "--shards", "2"],
        "--shards 2 is more than there are runs, 1")
      try refused(
        ["plan", "experiments/small.yaml", "--output", "c.json"], "c.json is there already")
      try refused(["run", "none.json"], "none.json: there is no such file")
      try refused(
        ["run", "experiments/small.yaml"], "experiments/small.yaml: it is no campaign's file")
      try refused(["run", "c.json"], "which shard? Neither JOB_COMPLETION_INDEX nor")
      try refused(
        ["run", "c.json", "--shard", "4"], "--shard 4: the campaign has no shard 4; it has 4")
      try refused(
        ["run", "c.json"], "JOB_COMPLETION_INDEX is 'x', which is no whole number",
        ["JOB_COMPLETION_INDEX": "x"])
      try refused(
        ["run", "c.json"], "JOB_COMPLETION_INDEX is 1 and SLURM_ARRAY_TASK_ID is 2",
        ["JOB_COMPLETION_INDEX": "1", "SLURM_ARRAY_TASK_ID": "2"])
      try refused(["manifest", "slrum", "c.json"], "not 'slrum'; did you mean 'slurm'?")
      try refused(["manifest", "kubernetes", "c.json"], "--image NAME is needed")
      try refused(
        ["manifest", "kubernetes", "c.json", "--image", "x", "--name", "A"], "'A' is no name for")
      try refused(
        ["manifest", "slurm", "c.json", "--image", "x"], "--image is not for 'manifest slurm'")
      let text = try String(contentsOfFile: project.folder + "/c.json", encoding: .utf8)
      try project.write(text.replacing("\"version\": 1", with: "\"version\": 2"), to: "new.json")
      try refused(
        ["run", "new.json", "--shard", "0"], "it is of version 2, and this program reads version 1")
      // One file that the experiment is made of.
      let page = "fixtures/components/page/nginx.conf"
      try project.write(SmallProject.configuration + "\n", to: page)
      try refused(
        ["run", "c.json", "--shard", "0"],
        "\(page) is not what it was when the campaign was planned")
      #expect(!FileManager.default.fileExists(atPath: project.folder + "/reports/campaigns"))
    }

    @Test func settingsMakeVariantsAndSecretsStayOut() throws {
      let project = try SmallProject()
      try project.write(
        SmallProject.stack.replacing(
          "sites:",
          with: """
            parameters:
              size: {kind: text, default: small, summary: A size.}
              word: {kind: secret, default: nothing, summary: A secret.}
            sites:
            """), to: "fixtures/stacks/small.yaml")
      let file = "experiments/small.yaml"
      let bare = try project.faultline("campaign", "plan", file, "--set", "word=hidden-word")
      #expect(bare.code == 2 && bare.errors.contains("give it as --set word=@FILE"), "\(bare)")
      try project.write("hidden-word\n", to: "word.txt")
      let planned = try project.faultline(
        "campaign", "plan", file, "--set", "size=s", "--set", "size=l", "--set", "word=@word.txt",
        "--repeat", "2", "--shards", "3")
      #expect(planned.code == 0 && !planned.output.contains("hidden-word"), "\(planned)")
      #expect(
        planned.output.contains("@word.txt") && planned.output.contains("\"l\""), "\(planned)")
      let document = try JSONSerialization.jsonObject(with: Data(planned.output.utf8))
      let shards = (document as? [String: Any])?["shards"] as? [[String: Any]]
      #expect(shards?.compactMap { ($0["runs"] as? [Any])?.count } == [2, 1, 1])
    }
  }

  /// The powers that a manifest asks for are those that a run needs.
  @Suite(.needs("/usr/bin/setpriv")) struct ContainerPowers {
    @Test func aRunIsContentWithWhatTheManifestGives() throws {
      let project = try SmallProject()
      #expect(
        try project.faultline("campaign", "plan", "experiments/small.yaml", "--output", "c.json")
          .code
          == 0)
      let manifest = try project.faultline(
        "campaign", "manifest", "kubernetes", "c.json", "--image", "x")
      let line = try #require(
        manifest.output.split(separator: "\n").first { $0.contains("add: [") })
      let names = line.split { "[],".contains($0) }.dropFirst().map {
        "+" + $0.trimmingCharacters(in: .whitespaces).lowercased()
      }
      let only = "-all," + names.joined(separator: ",")
      func within(_ words: [String]) throws -> Program.Ended {
        try Program(
          "/usr/bin/setpriv",
          ["--bounding-set", only, "--inh-caps", "-all", Machine.faultline] + words,
          in: project.folder, environment: project.environment
        ).finish()
      }
      let doctor = try within(["doctor"])
      #expect(doctor.code == 0 && !doctor.output.contains("✗"), "\(doctor)")
      let run = try within(["run", "experiments/small.yaml", "--quiet"])
      #expect(run.code == 0, "\(run)")
    }
  }
}
