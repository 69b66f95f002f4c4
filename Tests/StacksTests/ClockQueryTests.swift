import Basics
import Stacks
import Testing
import YAML

@Suite struct ClockQueryTests {
  private func instance(_ clock: String) throws(Problems) -> Instance {
    var files = Fixture.files
    files["c/db/component.yaml"] = Fixture.db.replacing(
      "role: {command: [ask, role], within: 1s}",
      with: "role: {command: [ask, role], within: 1s}\nclock: \(clock)")
    return try Fixture.resolve(files).instances(of: "db")[0]
  }

  @Test func aServerIsAskedByURLOrByCommand() throws {
    let url = try instance("{http: \"http://${node.address}:80/\"}").clock
    guard case .http(let text)? = url?.kind else {
      Issue.record("it is asked otherwise")
      return
    }
    #expect(text.hasPrefix("http://10.") && url?.within == .seconds(1))
    let command = try instance("{command: [ask, \"${node.name}\"], within: 2s}").clock
    #expect(command?.kind == .command(["ask", "db-a"]) && command?.within == .seconds(2))
    #expect(try Fixture.resolve(Fixture.files).instances(of: "db")[0].clock == nil)
  }

  @Test(arguments: [
    ("{}", "either 'http' or 'command'"),
    ("{http: \"http://a/\", command: [x]}", "either 'http' or 'command'"),
    ("{http: somewhere}", "a URL is expected"), ("{command: []}", "'command' must be a list"),
    ("{command: [x], within: 0}", "'within' must not be zero"), ("{comand: [x]}", "command"),
  ])
  func whatMakesNoSenseIsRefusedWithItsPlace(clock: String, words: String) {
    do {
      _ = try instance(clock)
      Issue.record("it was taken")
    } catch {
      #expect(error.description.contains(words), "\(error)")
      #expect(error.all.allSatisfy { $0.mark.line > 0 })
    }
  }
}
