import Basics
import Experiments
import Stacks
import Testing
import YAML

@Suite struct StackTunnelTests {
  private static func plan(_ tunnels: String) throws(Problems) -> Plan {
    var files = Fixture.files
    files["fixtures/stacks/two.yaml"] = Fixture.stack.replacing(
      "addresses: {vip", with: "tunnels: [\(tunnels)]\naddresses: {vip")
    return try Fixture.plan(files)
  }

  @Test func theyAreDataForPictures() throws {
    let tunnels = try Self.plan(
      "{between: [lb-a, lb-b], title: IPsec}, {between: [db-b, db-a]}"
    ).stack.tunnels
    #expect(tunnels.map(\.from) == ["lb-a", "db-b"] && tunnels.map(\.to) == ["lb-b", "db-a"])
    #expect(tunnels.map(\.title) == ["IPsec", "tunnel"])
    #expect(try Fixture.plan(Fixture.files).stack.tunnels.isEmpty)
  }

  @Test(arguments: [
    ("{between: [lb-a]}", "'between' must name two nodes"),
    ("{between: [lb-a, lb-x]}", "unknown node 'lb-x'; did you mean 'lb-a'?"),
    ("{between: [lb-a, lb-a]}", "a tunnel is between two different nodes"),
    ("{between: [lb-a, lb-b], delay: 1ms}", "unknown key 'delay'"),
    ("{between: [lb-a, lb-b]}, {between: [lb-b, lb-a]}", "the same tunnel stands twice"),
  ])
  func aWrongTunnelIsRefused(tunnels: String, reason: String) {
    let error = #expect(throws: Problems.self) { try Self.plan(tunnels) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "none")")
  }
}
