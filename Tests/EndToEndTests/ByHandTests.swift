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
      let healed = try project.faultline("heal", "1", "--json")
      #expect(healed.code == 0 && healed.output.contains("\"confirmed\":true"), "\(healed)")
      let again = try project.faultline("heal", "1")
      #expect(again.code == 2 && again.errors.contains("no fault 1 is active; none is"), "\(again)")

      let noted = try project.faultline("note", "the phone rang")
      #expect(noted.code == 0 && noted.output == "noted: the phone rang\n", "\(noted)")
      let flags = try project.faultline(
        "inject", "pause", "--target", "node=web", "--component", "page", "--for", "300ms", "--json"
      )
      #expect(flags.code == 0 && flags.output.contains("\"id\":3"), "\(flags)")
      #expect(try project.faultline("inject", "delay 5ms on web").code == 0)
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
