import Foundation
import Testing

extension EndToEnd {
  /// What a power cut (the fault `kill` of a whole node) takes from it.
  @Suite struct Power {
    /// Says at each start what is there from the one before.
    static let marks =
      "for f in /run/lock/x /tmp/x /dev/shm/x; do test -e $f && echo left in memory: $f; touch $f; done; "
      + "test -e ${dir}/x && echo left on the disk; touch ${dir}/x; exec \"$0\" \"$@\""

    @Test func whatWasInMemoryIsGoneAndWhatWasOnTheDiskIsNot() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          method: "{at: 500ms, fault: kill, target: {node: web}, for: 500ms}"),
        server: SmallProject.server.replacing(
          "command: [\"${binary}\",", with: "command: [/bin/sh, -c, '\(Self.marks)', \"${binary}\","
        ))
      let ended = try project.run()
      #expect(ended.code == 0, "\(ended)")
      let log = try String(
        contentsOfFile: project.newest + "/logs/web.page.log", encoding: .utf8)
      let lines = log.split(separator: "\n").filter { $0.hasPrefix("left ") }
      #expect(lines == ["left on the disk"], "\(log)")
    }
  }
}
