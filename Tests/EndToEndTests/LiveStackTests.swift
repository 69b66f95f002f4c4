import Foundation
import Testing

extension EndToEnd {
  /// A stack that is up without an experiment, for poking at.
  @Suite struct LiveStack {
    @Test func itIsBroughtUpLookedIntoAndTakenDown() throws {
      let project = try SmallProject()
      let before = Host()
      let up = try project.faultline("up", "small")
      #expect(up.code == 0 && up.output.contains("One page is up"), "\(up)")
      #expect(!up.output.contains("\u{4}"))
      let status = try project.faultline("status", "--json")
      #expect(status.code == 0 && status.output.contains("\"component\":\"page\""), "\(status)")
      let name = try project.faultline("exec", "web", "--", "hostname")
      #expect(name.code == 0 && name.output == "web\n", "\(name)")
      let failing = try project.faultline("exec", "client", "--", "sh", "-c", "echo no >&2; exit 7")
      #expect(failing.code == 7 && failing.errors == "no\n", "\(failing)")
      let reached = try project.faultline(
        "exec", "client", "--json", "--", "bash", "-c", "exec 3<>/dev/tcp/10.78.0.1/8080; echo ok")
      #expect(reached.code == 0 && reached.output.contains("\"output\":\"ok\\n\""), "\(reached)")
      let twice = try project.faultline("up", "small")
      #expect(twice.code == 2 && twice.errors.contains("is up already"), "\(twice)")
      let astray = try project.faultline("exec", "wbe", "--", "true")
      #expect(astray.code == 2 && astray.errors.contains("did you mean 'web'?"), "\(astray)")
      let down = try project.faultline("down")
      #expect(down.code == 0, "\(down)")
      #expect(try project.faultline("status").code == 2)
      #expect(Wait.until(within: 10) { Host().added(since: before).isEmpty })
    }

    @Test func aCommandRunsAsAnyUserOfItsNodeAndWithoutRootsPower() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      #expect(try project.faultline("up", "small").code == 0)
      func exec(_ options: [String], _ script: String) throws -> Program.Ended {
        try Program(
          Machine.faultline, ["exec", "web"] + options + ["--", "/bin/sh", "-c", script],
          in: project.folder, environment: project.environment
        ).finish()
      }
      let look = "id -un; grep -E '^Cap(Eff|Prm|Amb|Bnd)' /proc/self/status | cut -f2 | sort -u"
      let none = "0000000000000000\n"
      let server = try exec(["--user", "www-data"], look)
      #expect(server.output == "www-data\n" + none, "\(server)")
      // Root's own are in effect without being ambient.
      let effective = "id -un; grep ^CapEff /proc/self/status | cut -f2"
      let root = try exec(["--user", "root"], effective)
      #expect(root.output.hasPrefix("root\n") && !root.output.contains(none), "\(root)")
      #expect(try exec([], "id -un").output == "root\n")
      let denied = try exec(["--user=nobody"], "kill -0 1 || echo no; cat /etc/shadow || echo no")
      #expect(denied.output == "no\nno\n", "\(denied)")
      // The node's own users, which its root may make, and their groups.
      _ = try exec(
        [],
        "echo deploy:x:4242:4243::/home/deploy:/bin/sh >> /etc/passwd; "
          + "echo deploy:x:4243: >> /etc/group; echo crew:x:4244:other,deploy >> /etc/group")
      let deploy = try exec(["--user", "deploy"], "id -u; id -G; echo $HOME $USER $LOGNAME")
      #expect(deploy.output == "4242\n4243 4244\n/home/deploy deploy deploy\n", "\(deploy)")
      let elsewhere = try project.faultline("exec", "client", "--user", "deploy", "--", "true")
      #expect(elsewhere.code == 2, "\(elsewhere)")
      #expect(
        elsewhere.errors.contains("node client has no user 'deploy' in its /etc/passwd"),
        "\(elsewhere)")
      // A terminal is its user's own.
      let terminal = try exec(["--user", "deploy", "-t"], "id -un; stat -c %U $(tty); : > $(tty)")
      #expect(terminal.code == 0 && terminal.output == "deploy\r\ndeploy\r\n", "\(terminal)")
      let wrong = try exec(["--user", "a:b"], "true")
      #expect(wrong.code == 2 && wrong.errors.contains("takes the name of a user"), "\(wrong)")
    }

    @Test func aStackThatIsNoneIsNoStack() throws {
      let project = try SmallProject()
      let ended = try project.faultline("up", "smal")
      #expect(ended.code == 2 && ended.errors.contains("did you mean 'small'?"), "\(ended)")
      #expect(try project.faultline("down").code == 2)
    }

    @Test func whoReadsWhatUpSaysIsNotKeptWaiting() throws {
      let project = try SmallProject()
      defer { _ = try? project.faultline("down") }
      let up = try project.shell("\(Machine.faultline) up small 2>&1 | cat; echo ended")
      #expect(up.output.hasSuffix("faultline down\nended\n"), "\(up)")
      #expect(try project.faultline("status").code == 0)
    }

    @Test func aStackIsFoundWhateverFolderItWritesTo() throws {
      let project = try SmallProject()
      let there = project.folder + "/elsewhere"
      defer { _ = try? project.faultline("down", "--reports", there) }
      #expect(try project.faultline("up", "small", "--reports", there).code == 0)
      let status = try project.faultline("status")
      #expect(status.code == 0 && status.output.contains(there + "/small/up/"), "\(status)")
      #expect(try project.faultline("exec", "web", "--", "true").code == 0)
      let none = try project.faultline("status", "--reports", project.folder + "/reports")
      #expect(none.code == 2 && none.errors.contains("no stack is up that writes to"), "\(none)")

      // The same stack once more, under another folder: now somebody must choose.
      defer { _ = try? project.faultline("down", "--reports", project.folder + "/reports") }
      #expect(try project.faultline("up", "small").code == 0)
      let unclear = try project.faultline("exec", "web", "--", "true")
      #expect(unclear.code == 2, "\(unclear)")
      for folder in [there, project.folder + "/reports"] {
        #expect(unclear.errors.contains("--reports \(folder)\n"), "\(unclear)")
      }
      #expect(try project.faultline("exec", "web", "--reports", there, "--", "true").code == 0)
    }

    @Test func whatWasKilledIsNoLongerListed() throws {
      let project = try SmallProject()
      let program = try Program(
        Machine.faultline, ["up", "small", "--foreground"], in: project.folder,
        environment: project.environment)
      let isUp = Wait.until(within: 30) {
        program.traces.look()
        return program.outputSoFar.contains("is up")
      }
      #expect(isUp, "\(program.errorsSoFar)")
      #expect(!program.outputSoFar.contains("\u{4}"))
      program.send(SIGKILL)
      try program.finish()
      program.traces.expectGone()
      #expect(try project.faultline("status").code == 2)
      let left = try FileManager.default.contentsOfDirectory(atPath: project.live)
      #expect(left.isEmpty, "\(left)")
    }
  }
}
