import Basics
import Stacks
import Testing
import YAML

@Suite struct QueryTests {
  private func instance(_ role: String, _ probe: String = "{}") throws(Problems) -> Instance {
    var files = Fixture.files
    files["c/db/component.yaml"] = Fixture.db.replacing(
      "role: {command: [ask, role], within: 1s}", with: "role: \(role)\nprobe: \(probe)")
    return try Fixture.resolve(files).instances(of: "db")[0]
  }

  @Test func aRoleWithoutMoreHasTheDefaultsThatAreDocumented() throws {
    let role = try #require(try instance("{command: [ask]}").roleQuery)
    #expect(role.query.command == ["ask"] && role.query.within == .seconds(5))
    #expect(role.every == .milliseconds(500) && role.overlap == .zero && role.exclusive.isEmpty)
    #expect(role.leading == ["leader", "primary", "master", "active"])
  }

  @Test func aRoleSaysWhatItsWordsMean() throws {
    let exclusive = try instance(
      "{command: [ask, \"${node.name}\"], within: 1s, every: 100ms, exclusive: boss, overlap: 2s}")
    let role = try #require(exclusive.roleQuery)
    #expect(role.query.command == ["ask", "db-a"] && exclusive.role == role.query)
    #expect(role.every == .milliseconds(100) && role.overlap == .seconds(2))
    #expect(role.exclusive == ["boss"] && role.leading == ["boss"])
    let leading = try instance("{command: [ask], exclusive: [a, b], leading: [a]}").roleQuery
    #expect(leading?.exclusive == ["a", "b"] && leading?.leading == ["a"])
  }

  @Test func probesAreNamedNumbersInTheOrderWritten() throws {
    let probes = try instance(
      "{command: [ask]}",
      "{lag: {command: [ask, lag, \"${dir}\"], every: 2s, within: 3s, unit: seconds, summary: Far.}, "
        + "size: {command: [ask, size]}}"
    ).probes
    #expect(probes.map(\.name) == ["lag", "size"])
    #expect(probes[0].command == ["ask", "lag", "/run/db"])
    #expect(probes[0].every == .seconds(2) && probes[0].within == .seconds(3))
    #expect(probes[0].unit == "seconds" && probes[0].summary == "Far.")
    #expect(probes[1].every == .seconds(1) && probes[1].within == .seconds(1))
    #expect(probes[1].unit == "" && probes[1].summary == "")
    #expect(try instance("{command: [ask]}").probes.isEmpty)
  }

  @Test(arguments: [
    ("{command: [a], every: 50ms}", "{}", "'every' must be at least 100ms, not 50ms"),
    ("{command: [a], overlap: 1s}", "{}", "'overlap' is about roles that are 'exclusive'"),
    ("{command: [a], exclusiv: b}", "{}", "unknown key 'exclusiv'; did you mean 'exclusive'?"),
    ("{command: [a], exclusive: a b}", "{}", "a role is one word, not 'a b'"),
    ("{command: [a], within: 0}", "{}", "'within' must not be zero"),
    ("{within: 1s}", "{}", "a role needs the key 'command'"),
    ("{command: [a]}", "[lag]", "'probe' must be a mapping, not a list"),
    ("{command: [a]}", "{lag: {}}", "the probe 'lag' needs the key 'command'"),
    (
      "{command: [a]}", "{lag: {command: [a], evry: 1s}}",
      "unknown key 'evry'; did you mean 'every'?"
    ),
    ("{command: [a]}", "{lag: {command: [a], every: 10ms}}", "'every' must be at least 100ms"),
    ("{command: [a]}", "{the lag: {command: [a]}}", "the name of a probe is 1 to 63"),
  ])
  func aWrongQueryIsRefused(role: String, probe: String, reason: String) {
    let error = #expect(throws: Problems.self) { try instance(role, probe) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "none")")
  }
}
