import Foundation
import Glibc
import Testing

extension EndToEnd {
  /// A stack that is up is broken, watched and healed from other terminals.
  @Suite struct ByHand {
    /// The newest folder of what was brought up.
    private func folder(_ project: SmallProject) -> String {
      project.folder + "/reports/small/up/latest"
    }

    /// Until there are enough operations to judge what was done to them.
    private func letClientsFeelIt(_ project: SmallProject) throws {
      #expect(try project.faultline("exec", "client", "--", "sleep", "0.5").code == 0)
    }

    @Test func whatIsDoneByHandIsConfirmedHealedAndJudged() throws {
      let project = try SmallProject()
      let before = Host()
      defer { _ = try? project.faultline("down") }
      let up = try project.faultline("up", "small", "--traffic", "small")
      try #require(up.code == 0, "\(up)")
      #expect(up.output.contains("traffic: pages 100/s"), "\(up)")

      let killed = try project.faultline("inject", "kill page on the node web")
      #expect(killed.code == 0, "\(killed)")
      #expect(
        killed.output == """
          1. kill page on node web → web/page
            as an experiment says it: {fault: kill, target: {node: web}, component: page}
            confirmed: every process of web/page is gone
            healed when it is asked for, or the stack goes down

          """)
      let down = try project.faultline("status")
      #expect(down.output.contains("small: live"), "\(down)")
      #expect(down.output.contains("fault 1: kill page on node web\n"), "\(down)")
      #expect(down.output.contains("page stopped ("), "\(down)")
      let twice = try project.faultline("inject", "kill page on web")
      #expect(
        twice.code == 2 && twice.errors.contains("active on the same target as 1"), "\(twice)")
      try letClientsFeelIt(project)
      let healed = try project.faultline("heal", "1", "--json")
      #expect(healed.code == 0 && healed.output.contains("\"confirmed\":true"), "\(healed)")
      let again = try project.faultline("heal", "1")
      #expect(again.code == 2 && again.errors.contains("no fault 1 is active; none is"), "\(again)")

      // Something must be seen of the time after the heal, too, before the next fault.
      try letClientsFeelIt(project)
      let noted = try project.faultline("note", "the phone rang")
      #expect(noted.code == 0 && noted.output == "noted: the phone rang\n", "\(noted)")
      let flags = try project.faultline(
        "inject", "pause", "--target", "node=web", "--component", "page", "--for", "300ms", "--json"
      )
      #expect(flags.code == 0 && flags.output.contains("\"id\":3"), "\(flags)")
      #expect(try project.faultline("inject", "delay 5ms on web").code == 0)
      try letClientsFeelIt(project)
      let halted = try project.faultline("halt")
      #expect(halted.code == 0 && halted.output.contains("delay 5ms"), "\(halted)")
      #expect(try project.faultline("halt").output == "nothing is active\n")

      let ended = try project.faultline("down", "--json")
      #expect(ended.code == 0 && ended.output.contains("\"verdict\":\"valid\""), "\(ended)")
      #expect(!ended.output.contains("same target"))
      let result = try RunResult.read(folder(project))
      #expect(result.verdict == "valid")
      let report = try String(contentsOfFile: folder(project) + "/report.html", encoding: .utf8)
      #expect(report.contains("the phone rang") && report.contains("kill page on node web"))
      let check = try project.faultline("check", folder(project))
      #expect(check.code == 0, "\(check)")
      let journal = try String(contentsOfFile: folder(project) + "/journal.jsonl", encoding: .utf8)
      #expect(journal.contains("\"phase\":\"injecting\",\"fault\":1"))
      #expect(Wait.until(within: 10) { Host().added(since: before).isEmpty })
    }

    @Test func withoutTrafficNothingIsClaimed() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      try #require(try project.faultline("up", "small").code == 0)
      #expect(try project.faultline("inject", "kill web for 200ms").code == 0)
      let ended = try project.faultline("down")
      #expect(ended.code == 0 && ended.output.contains("NOT JUDGED"), "\(ended)")
      #expect(ended.output.contains("✓ 1. kill node web"), "\(ended)")
      let check = try project.faultline("check", folder(project))
      #expect(check.code == 6 && check.output.contains("not judged"), "\(check)")
    }

    @Test func whatMakesNoSenseIsRefusedWithARemedy() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      try #require(try project.faultline("up", "small").code == 0)
      for (words, reason) in [
        (["inject", "kil page on web"], "unknown fault 'kil'; did you mean 'kill'?"),
        (["inject", "kill page on wbe"], "did you mean 'web'?"),
        (["inject", "disk full page on web"], "brought up with --disks"),
        (["inject"], "takes a sentence"), (["inject", "kill", "--component", "page"], "goes with"),
        (["heal", "x"], "not 'x'"), (["heal", "7"], "no fault 7 is active; none is"),
        (["note"], "takes words"), (["note", " "], "a note needs words"),
      ] {
        let ended = try Program(
          Machine.faultline, words, in: project.folder, environment: project.environment
        ).finish()
        #expect(ended.code == 2 && ended.errors.contains(reason), "\(words): \(ended)")
      }
      #expect(try project.faultline("halt").output == "nothing is active\n")
    }

    @Test func anOperatorsStepsTrafficAndLogs() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      try #require(try project.faultline("up", "small", "--traffic", "small").code == 0)
      #expect(try project.faultline("stop", "web/page").code == 0)
      let started = try project.faultline("start", "web/page")
      #expect(started.code == 0 && started.output.contains("{action: start, "), "\(started)")
      let missing = try project.faultline("promote", "web/page")
      #expect(missing.code == 2 && missing.errors.contains("no 'promote' command"), "\(missing)")
      // What was started by hand is alive, and can be killed.
      #expect(try project.faultline("inject", "kill page on web for 200ms").code == 0)
      let stopped = try project.faultline("traffic", "stop")
      #expect(stopped.output == "traffic pages was stopped\n", "\(stopped)")
      #expect(try project.faultline("status").output.contains("traffic pages, stopped: "))
      let slower = try project.faultline("traffic", "rate", "pages", "20/s")
      #expect(slower.output == "traffic pages goes on at 20/s\n", "\(slower)")
      let wrong = try project.faultline("traffic", "rate", "page", "20/s")
      #expect(wrong.code == 2 && wrong.errors.contains("did you mean 'pages'?"), "\(wrong)")
      let log = try project.faultline("logs", "web/page", "--json")
      #expect(log.code == 0 && log.output.contains("\"next\":"), "\(log)")
      let none = try project.faultline("logs", "web/pgae")
      #expect(none.code == 2 && none.errors.contains("did you mean 'web/page'?"), "\(none)")
    }

    @Test func whatIsSentIsRecordedBesideTheRun() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      try #require(try project.faultline("up", "small", "--traffic", "small").code == 0)
      let file = project.folder + "/lan.pcapng"
      let recorded = try project.faultline("capture", "lan", "-w", file, "--for", "500ms")
      #expect(recorded.code == 0 && recorded.errors.hasSuffix("frames in \(file)\n"), "\(recorded)")
      let bytes = try Data(contentsOf: URL(filePath: file))
      #expect(bytes.starts(with: [0x0a, 0x0d, 0x0d, 0x0a]) && bytes.count > 10_000)
      // Only what one node sends; and somebody who reads no more holds up nobody.
      let lines = try project.shell(
        "\(Machine.faultline) capture all --node web | head -n 3")
      #expect(lines.output.split(separator: "\n").count == 3, "\(lines)")
      #expect(lines.output.contains("  web@lan  10.78.0.1:8080 > 10.78.0.9:"), "\(lines)")
      #expect(!lines.output.contains("client@lan"), "\(lines)")
      let documents = try project.faultline("capture", "lan", "--json", "--for", "300ms")
      #expect(documents.output.hasPrefix("{\"time\":\""), "\(documents)")
      let wrong = try project.faultline("capture", "lam")
      #expect(wrong.code == 2 && wrong.errors.contains("did you mean 'lan'?"), "\(wrong)")
      // One that is stopped in the middle of reading does not hold up the end of the stack either.
      let stuck = try Program(
        Machine.faultline, ["capture", "lan"], in: project.folder, environment: project.environment)
      try #require(Wait.until(within: 10) { !stuck.outputSoFar.isEmpty })
      stuck.send(SIGSTOP)
      try letClientsFeelIt(project)
      #expect(try project.faultline("down").code == 0)
    }

    @Test func railsKeepAStepFromHittingMoreThanWasMeant() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      try #require(try project.faultline("up", "small", "--max-targets", "1").code == 0)
      let dry = try project.faultline("inject", "kill page on web", "--dry-run")
      #expect(dry.code == 0, "\(dry)")
      #expect(dry.output.hasPrefix("would be done: kill page on node web → web/page\n"), "\(dry)")
      let site = try project.faultline("inject", "kill site here")
      #expect(site.code == 2 && site.errors.contains("aimed at all of site here"), "\(site)")
      #expect(try project.faultline("inject", "kill site here for 200ms", "--confirm").code == 0)
      let many = try project.faultline("inject", "delay 5ms between web and client")
      #expect(many.code == 2, "\(many)")
      #expect(
        many.errors.contains("it would hit web and client, and at most 1 may be hit"), "\(many)")
    }

    @Test func whatSomebodyChangedFromOutsideIsSeen() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      try #require(try project.faultline("up", "small").code == 0)
      #expect(!(try project.faultline("status").output.contains("changed from outside")))
      let set = try project.faultline("exec", "web", "--", "ip", "link", "set", "eth0", "down")
      try #require(set.code == 0, "\(set)")
      let status = try project.faultline("status")
      #expect(
        status.output.contains("changed from outside: interface eth0 of web is down"), "\(status)")
    }

    @Test func aConditionHaltsAndTheStackStaysUp() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      let up = try project.faultline(
        "up", "small", "--traffic", "small", "--abort-when", "errors > 50% for 500ms")
      try #require(up.code == 0, "\(up)")
      #expect(try project.faultline("inject", "kill page on web").code == 0)
      let isHalted = try Wait.until(within: 20) {
        try project.faultline("status", "--json").output.contains(
          "as 'abort-when' says: 50% or more")
      }
      #expect(isHalted)
      // Why is said before it is done.
      let isHealed = try Wait.until(within: 20) {
        try project.faultline("status", "--json").output.contains("\"faults\":[]")
      }
      #expect(isHealed)
    }

    @Test func whatWasDoneByHandRunsAsAnExperiment() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      try #require(try project.faultline("up", "small", "--traffic", "small").code == 0)
      #expect(try project.faultline("inject", "kill page on web for 500ms").code == 0)
      #expect(try project.faultline("inject", "kil page on web").code == 2)
      let isHealed = try Wait.until(within: 10) {
        try project.faultline("status", "--json").output.contains("\"faults\":[]")
      }
      #expect(isHealed)
      #expect(try project.faultline("note", "calm again").code == 0)
      _ = try project.faultline("down")
      let exported = try project.faultline("session", "export", folder(project))
      try #require(exported.code == 0, "\(exported)")
      #expect(
        exported.output.contains(", fault: kill, target: {node: web}, component: page, for: "))
      #expect(exported.output.contains(": calm again\n"), "\(exported)")
      try project.write(exported.output, to: "experiments/again.yaml")
      let plan = try project.faultline("plan", "experiments/again.yaml")
      #expect(plan.code == 0, "\(plan)")
      let ended = try project.faultline("run", "experiments/again.yaml", "--quiet")
      #expect(ended.code == 0, "\(ended)")
    }

    @Test func whatWasKilledWithAFaultInItLeavesNothing() throws {
      let project = try SmallProject()
      let program = try Program(
        Machine.faultline, ["up", "small", "--foreground", "--traffic", "small"],
        in: project.folder, environment: project.environment)
      let isUp = Wait.until(within: 30) {
        program.traces.look()
        return program.outputSoFar.contains("is up")
      }
      #expect(isUp, "\(program.errorsSoFar)")
      for fault in ["partition web", "pause page on web", "cpu quota 10% page on web"] {
        #expect(try project.faultline("inject", fault).code != 2)
      }
      program.traces.look()
      program.send(SIGKILL)
      try program.finish()
      program.traces.expectGone()
      #expect(try project.faultline("status").code == 2)
    }
  }
}
