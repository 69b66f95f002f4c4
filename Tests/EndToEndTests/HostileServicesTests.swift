import Foundation
import Testing

extension EndToEnd {
  /// Services, logs and other users of the machine that mean a run harm: it has a verdict all the same,
  /// and what it says and writes is text.
  @Suite(.needs("/usr/bin/python3")) struct HostileServices {
    static let away =
      "{at: 1s, fault: kill, target: {node: web}, component: ill-willed, for: 300ms}"

    private func project(
      _ mode: String, workload: String = "{kind: call, service: page, rate: 50/s}",
      method: String = away, steady: String = "{for: 500ms, within: 3s}", more: String = ""
    ) throws -> PlantedProject {
      let planted = try PlantedProject(
        "ill-willed", workload: "pages: \(workload)", method: method,
        invariants: ["availability: {workload: pages, at-least: 1%}"],
        rest: "with: {mode: \(mode)\(more)}")
      let path = planted.project.folder + "/experiments/small.yaml"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try planted.project.write(
        text.replacing("{for: 1s, within: 15s}", with: steady), to: "experiments/small.yaml")
      return planted
    }

    @Test func seventyThousandNamesOfServersAreNoReasonToFall() throws {
      let planted = try project(
        "names",
        workload: "{kind: call, service: page, rate: 5000/s, clients: 6, timeout: 5s, "
          + "client: {http: {connections: kept}}}",
        method: "{at: 14500ms, fault: kill, target: {node: web}, component: ill-willed, for: 300ms}"
      )
      let (ended, result) = try planted.run()
      #expect([0, 1, 6].contains(ended.code) && result.trouble == nil, "\(ended)")
      #expect(result.operations.ok > 65_536, "\(result.operations)")
      let note = "more than 1,024 servers named themselves"
      #expect(result.notes.count { $0.contains(note) } == 1, "\(result.notes)")
      #expect(ended.output.contains(note))
      let again = try planted.project.faultline("check", planted.newest)
      #expect(again.code == ended.code, "\(again)")
    }

    @Test func anAnswerWithoutEndIsCutOff() throws {
      let planted = try project("endless", steady: "{for: 500ms, within: 2s}")
      let (ended, result) = try planted.run()
      #expect(ended.code == 4, "\(ended)")
      #expect(result.trouble?.contains("longer than 1048576 bytes") == true, "\(ended)")
    }

    @Test func anAnswerThatDripsIsNotWaitedFor() throws {
      let begun = ContinuousClock.now
      let planted = try project(
        "drip", workload: "{kind: call, service: page, rate: 50/s, timeout: 300ms}",
        steady: "{for: 500ms, within: 2s}")
      let (ended, result) = try planted.run()
      #expect(ended.code == 4, "\(ended)")
      #expect(result.trouble?.contains("0 good") == true, "\(ended)")
      #expect(ContinuousClock.now - begun < .seconds(60))
    }

    @Test func whatAServiceSaysIsTextInEveryForm() throws {
      let planted = try project(
        "escapes", workload: "{kind: unique-ids, service: page, rate: 50/s}",
        steady: "{for: 500ms, within: 2s}")
      let (ended, result) = try planted.run()
      #expect(ended.code == 4 && result.trouble?.contains("no single value") == true, "\(ended)")
      for text in [ended.output, ended.errors] {
        for scalar in text.unicodeScalars {
          #expect(scalar.value >= 0x20 || scalar == "\n" || scalar == "\t")
          #expect(![0x9b, 0x202e, 0xffff, 0xfffe].contains(scalar.value))
        }
      }
      #expect(ended.output.contains("\\u{1b}[2J\\u{1b}]0;owned\\u{7}"), "\(ended)")
      let parse = try Program.run(
        "/usr/bin/python3", "-c",
        "import sys, json, xml.etree.ElementTree as E; E.parse(sys.argv[1]); json.load(open(sys.argv[2]))",
        planted.newest + "/junit.xml", planted.newest + "/result.json")
      #expect(parse.code == 0, "\(parse)")
      let page = try String(contentsOfFile: planted.newest + "/report.html", encoding: .utf8)
      #expect(page.contains("default-src 'none'") && !page.contains("<script>alert"))
    }

    @Test func aHundredMegabytesOfLogStallNothing() throws {
      let planted = try project("log")
      let (ended, result) = try planted.run()
      #expect([0, 6].contains(ended.code) && result.trouble == nil, "\(ended)")
      #expect(
        result.notes.contains { $0.contains("logs/web.ill-willed.log grew past 64 MiB") },
        "\(result.notes)")
      let log = planted.newest + "/logs/web.ill-willed.log"
      let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? .max
      #expect(size < 100 << 20)
      let text = try Program.run("/bin/grep", "-a", "-c", "were dropped here", log)
      #expect(text.code == 0, "\(text)")
    }
  }

  /// What only some may read.
  @Suite(.needs("/usr/bin/python3")) struct HiddenThings {
    private static let secret = "correct horse battery"

    private func planted() throws -> PlantedProject {
      try PlantedProject(
        "ill-willed", workload: "pages: {kind: call, service: page, rate: 50/s}",
        method: HostileServices.away,
        invariants: ["availability: {workload: pages, at-least: 1%}"])
    }

    private func holds(_ folder: String, _ text: String) throws -> Program.Ended {
      try Program.run("/bin/grep", "-r", "-a", "-l", "-F", text, folder)
    }

    @Test func aSecretReachesItsServerAndNothingThatARunLeaves() throws {
      let planted = try planted()
      try planted.project.write(Self.secret + "\n", to: "password")
      let program = try planted.project.start(["--set", "password=@password"])
      let ended = try program.finish()
      #expect(ended.code == 0, "\(ended)")
      #expect(!ended.output.contains(Self.secret) && !ended.errors.contains(Self.secret))
      #expect(ended.output.contains("--set password=@password"), "\(ended)")
      let log = planted.newest + "/logs/web.ill-willed.log"
      #expect(
        try String(contentsOfFile: log, encoding: .utf8)
          .contains("the password has \(Self.secret.count) characters"))
      let found = try holds(planted.project.folder + "/reports", Self.secret)
      #expect(found.code == 1, "\(found)")
      #expect(try planted.project.faultline("check", planted.newest).code == 0)
    }

    @Test func aSecretMayComeFromTheEnvironmentAndWhatIsMissingIsSaid() throws {
      let planted = try planted()
      let run = "\(Machine.faultline) run experiments/small.yaml --quiet --set password=@env:PASS"
      let ended = try planted.project.shell("PASS='\(Self.secret)' \(run)")
      #expect(ended.code == 0, "\(ended)")
      let log = planted.newest + "/logs/web.ill-willed.log"
      #expect(
        try String(contentsOfFile: log, encoding: .utf8)
          .contains("the password has \(Self.secret.count) characters"))
      #expect(try holds(planted.project.folder + "/reports", Self.secret).code == 1)
      let none = try planted.project.shell(run)
      #expect(none.code == 2 && none.errors.contains("no variable 'PASS'"), "\(none)")
      let missing = try planted.project.faultline(
        "plan", "experiments/small.yaml", "--set", "password=@nowhere")
      #expect(missing.code == 2 && missing.errors.contains("--set password=@nowhere"), "\(missing)")
    }

    @Test func aSecretOnOurOwnCommandLineIsWarnedOfAndMasked() throws {
      let planted = try planted()
      let plan = try planted.project.faultline(
        "plan", "experiments/small.yaml", "--set", "password=\(Self.secret)")
      #expect(plan.code == 0 && plan.output.contains("password=•••"), "\(plan)")
      #expect(!plan.output.contains(Self.secret))
      let ended = try planted.project.run("--set", "password=\(Self.secret)")
      #expect(ended.code == 0 && ended.errors.contains("--set password=@FILE keeps it out"))
      #expect(!ended.output.contains(Self.secret) && !ended.errors.contains(Self.secret))
      #expect(try holds(planted.project.folder + "/reports", Self.secret).code == 1)
    }

    @Test func reportsAreTheirMakersAloneUnlessTheyAreShared() throws {
      let planted = try planted()
      for (options, folders, files) in [([], 0o700, 0o600), (["--share"], 0o755, 0o644)] {
        let program = try planted.project.start(options)
        #expect(try program.finish().code == 0)
        let folder = try FileManager.default.destinationOfSymbolicLink(atPath: planted.newest)
        let run = (planted.newest as NSString).deletingLastPathComponent + "/" + folder
        let names = try FileManager.default.subpathsOfDirectory(atPath: run)
        #expect(names.count > 6)
        for path in [run] + names.map({ run + "/" + $0 }) {
          let facts = try FileManager.default.attributesOfItem(atPath: path)
          let isFolder = facts[.type] as? FileAttributeType == .typeDirectory
          #expect(facts[.posixPermissions] as? Int == (isFolder ? folders : files), "\(path)")
        }
      }
    }

    @Test(.needs("/usr/bin/setpriv")) func anotherUserNeitherSeesNorRemovesAStackThatIsUp() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      #expect(try project.faultline("up", "small").code == 0)
      let sockets = try FileManager.default.contentsOfDirectory(atPath: project.live)
      #expect(sockets.contains { $0.hasSuffix(".socket") })
      let nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups"
      for verb in ["status", "down", "exec web -- true"] {
        let other = try project.shell("\(nobody) \(Machine.faultline) \(verb)")
        #expect(other.code == 2 && other.errors.contains("is not trusted"), "\(other)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: project.live) == sockets)
      #expect(try project.faultline("status").code == 0)
    }
  }
}
