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

    @Test func aStackThatIsNoneIsNoStack() throws {
      let project = try SmallProject()
      let ended = try project.faultline("up", "smal")
      #expect(ended.code == 2 && ended.errors.contains("did you mean 'small'?"), "\(ended)")
      #expect(try project.faultline("down").code == 2)
    }
  }
}
