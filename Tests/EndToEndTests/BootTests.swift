import Foundation
import Testing

extension EndToEnd {
  /// What a component does before its node's network carries anything.
  @Suite(.needs("/usr/bin/bash"), .needs("/usr/bin/timeout")) struct Boot {
    /// Writes down that its files are there and that the server is not, and how a connection to a port ends that is
    /// refused where the network carries anything: 124 is no answer within the time.
    private static let server = SmallProject.server.replacing(
      "user: www-data",
      with: #"""
        user: www-data
        devices: [net/tun]
        boot:
          - [/bin/sh, -c, "test -s ${dir}/nginx.conf && ! test -e ${dir}/nginx.pid; echo \"files $?\" >> ${dir}/boots"]
          - [/bin/sh, -c, "/usr/bin/timeout 0.5 /usr/bin/bash -c ': > /dev/tcp/10.78.0.9/1' 2> /dev/null; echo \"network $?\" >> ${dir}/boots"]
        """#)

    private func boots(_ project: SmallProject) throws -> [String] {
      let read = try project.faultline("exec", "web", "--", "cat", "/run/page/boots")
      return read.output.split(separator: "\n").map(String.init)
    }

    @Test func itIsDoneBeforeTheServersAndAgainWhenThePowerIsBack() throws {
      let project = try SmallProject(server: Self.server)
      defer { _ = try? project.faultline("down") }
      let up = try project.faultline("up", "small")
      try #require(up.code == 0, "\(up)")
      #expect(up.output.contains("before the network: web/page"), "\(up)")
      let first = try boots(project)
      #expect(first.count == 2 && first[0] == "files 0", "\(first)")
      #expect(
        try project.faultline("exec", "web", "--", "test", "-c", "/dev/net/tun").code == 0)
      #expect(
        try project.faultline("exec", "client", "--", "test", "-e", "/dev/net").code != 0)

      // A server that is killed is no machine that starts.
      #expect(try project.faultline("inject", "kill page on web for 100ms").code == 0)
      _ = try project.faultline("heal")
      #expect(try boots(project) == first)

      let killed = try project.faultline("inject", "kill web")
      #expect(killed.code == 0, "\(killed)")
      let healed = try project.faultline("heal")
      #expect(healed.code == 0, "\(healed)")
      let second = try boots(project)
      #expect(second.count == 4 && second.last == "network 124", "\(second)")
      // The control: the network carries something now, so the port refuses.
      let now = try project.faultline(
        "exec", "web", "--", "/usr/bin/timeout", "5", "/usr/bin/bash", "-c",
        ": > /dev/tcp/10.78.0.9/1")
      #expect(now.code == 1, "\(now)")
    }

    @Test func oneThatFailsIsToldWithTheCommand() throws {
      let project = try SmallProject(
        server: SmallProject.server.replacing(
          "user: www-data", with: "user: www-data\nboot: [[/bin/sh, -c, 'echo no rules; exit 1']]"))
      let ended = try project.run()
      #expect(ended.code == 3, "\(ended)")
      #expect(ended.output.contains("no rules") || ended.errors.contains("no rules"), "\(ended)")
    }
  }
}
