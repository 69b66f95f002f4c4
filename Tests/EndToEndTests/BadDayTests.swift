import Foundation
import Testing

extension EndToEnd {
  /// Runs that go wrong: one clear sentence, the right exit code, and nothing left behind.
  @Suite struct BadDays {
    @Test func aServerThatIsNeverReadyShowsTheTailOfItsLog() throws {
      let project = try SmallProject(
        server: SmallProject.script("echo starting; echo no key to the vault >&2; sleep 60"))
      let ended = try project.run()
      #expect(ended.code == 3, "\(ended)")
      #expect(ended.output.contains("web/page was not ready within 1s"))
      #expect(ended.output.contains("    no key to the vault"))
      let result = try project.result()
      #expect(result.exitCode == 3 && result.verdict == "unknown")
      #expect(result.trouble?.contains("no key to the vault") == true)
      let junit = try String(contentsOfFile: project.newest + "/junit.xml", encoding: .utf8)
      #expect(junit.contains("errors=\"1\"") && junit.contains("was not ready within 1s"))
    }

    @Test func aServerThatEndsBeforeItIsReadyIsNotWaitedFor() throws {
      let project = try SmallProject(
        server: SmallProject.script(
          "echo no key to the vault >&2; exit 9", ready: "{tcp: 8080, within: 60s}"))
      let ended = try project.run()
      #expect(ended.code == 3)
      #expect(ended.output.contains("web/page exited with code 9 before it was ready"))
      #expect(ended.output.contains("    no key to the vault"))
    }

    @Test func aServerThatDiesOnItsOwnIsNotHidden() throws {
      let server = SmallProject.server.split(separator: "\n").map { line in
        line.hasPrefix("command:")
          ? "command: [/bin/sh, -c, \"${binary} -e stderr -p ${dir} -c ${dir}/nginx.conf & "
            + "sleep 2; kill $!; exit 9\"]" : String(line)
      }.joined(separator: "\n")
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          method: "{at: 2500ms, fault: delay, between: [{site: here}, {site: outside}], "
            + "delay: 5ms, for: 300ms}",
          invariants: "availability: {workload: pages, at-least: 99%}"),
        server: server)
      let ended = try project.run()
      #expect(ended.code == 1, "\(ended)")
      let result = try project.result()
      #expect(result.notes.contains { $0.contains("web/page died on its own: exited with code 9") })
      #expect(result.invariant("availability")?.verdict == "invalid")
    }

    @Test func withoutASteadyStateNothingIsBroken() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          steady: "{for: 300ms, within: 1s}",
          workload: "{kind: call, service: page, rate: 100/s, clients: 4, "
            + "client: {http: {functions: {call: {status: 201}}}}, "
            + "from: {role: client}, timeout: 500ms}"))
      let ended = try project.run()
      #expect(ended.code == 4, "\(ended)")
      #expect(ended.output.contains("no 300ms without an error within 1s, so nothing was broken"))
      #expect(ended.output.contains("pages: 0 good, "))
      #expect(ended.output.contains("last error: HTTP 200"))
      let result = try project.result()
      #expect(result.faults.isEmpty && result.verdict == "unknown" && result.operations.ok == 0)
    }

    /// Too small for the journal of a run, and too small even to begin.
    @Test(arguments: [(size: "200k", isBegun: true), (size: "8k", isBegun: false)])
    func aFullDiskUnderTheReportsIsOneSentence(size: String, isBegun: Bool) throws {
      let project = try SmallProject()
      let disk = project.folder + "/disk"
      try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
      let mounted = try Program.run(
        "/bin/mount", "-t", "tmpfs", "-o", "size=\(size)", "none", disk)
      try #require(mounted.code == 0, "\(mounted)")
      defer { umount2(disk, Int32(MNT_DETACH)) }
      let ended = try project.run("--reports", disk)
      #expect(ended.code == 3, "\(ended)")
      #expect(ended.output.contains("the run's folder takes no more: "))
      #expect(ended.output.contains("full") || ended.output.contains("errno 28"))
      #expect(!ended.output.contains("create table"))
      let json = try RunResult.parse(try project.run("--reports", disk, "--json").output)
      #expect(json.exitCode == 3 && json.verdict == "unknown")
    }

    @Test func nothingListensOutsideTheRun() throws {
      let project = try SmallProject()
      let program = try project.start()
      var seen: Set<String> = []
      let before = Host.listeners
      while program.process.isRunning {
        seen.formUnion(Host.listeners)
        program.traces.look()
        usleep(50_000)
      }
      // 8080, in hexadecimal as /proc has it.
      let page = seen.subtracting(before).filter { $0.hasSuffix(":1F90") }
      #expect(try program.finish().code == 0)
      #expect(page.isEmpty)
      #expect(program.traces.namespaces.count >= 2, "the servers were not looked for in their own")
      program.traces.expectGone()
    }

    @Test func twoRunsSideBySideDoNotMeet() throws {
      let project = try SmallProject()
      let both = [try project.start(), try project.start()]
      for program in both {
        let ended = try program.finish()
        #expect(ended.code == 0, "\(ended)")
        program.traces.expectGone()
      }
      let runs = try FileManager.default.contentsOfDirectory(
        atPath: project.folder + "/reports/small/small")
      #expect(runs.filter { $0 != "latest" }.count == 2)
    }
  }
}
