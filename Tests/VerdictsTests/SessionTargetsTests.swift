import Basics
import Histories
import Testing
import YAML

@testable import Verdicts

/// Who was struck, by what they were then.
@Suite struct SessionTargetsTests {
  private static let facts: [(Int, Fact)] = [
    (0, .leadership(component: "db", words: ["primary"])),
    (10, .address("vip", on: "lb-a", isHeld: true)),
    (10, .role(InstanceID(node: "db-a", component: "db"), .answer("primary"))),
    (10, .role(InstanceID(node: "db-b", component: "db"), .answer("standby"))),
    (50, .address("vip", on: "lb-a", isHeld: false)),
    (51, .address("vip", on: "lb-b", isHeld: true)),
    (60, .role(InstanceID(node: "db-b", component: "db"), .answer("primary"))),
    (90, .address("vip", on: "db-a", isHeld: true)),
    (90, .address("vip", on: "lb-b", isHeld: false)),
    (95, .role(InstanceID(node: "db-b", component: "db"), .silence("down"))),
  ]

  @Test(arguments: [
    ("{fault: kill, target: {node: lb-a}, component: proxy}", 20, "{owner-of: vip}"),
    ("{fault: kill, target: {node: lb-a}}", 20, "{owner-of: vip}"),
    // Who no longer holds it is only a node.
    ("{fault: kill, target: {node: lb-a}}", 55, "{node: lb-a}"),
    ("{fault: kill, target: {node: db-a}, component: db}", 20, "{leader-of: db}"),
    ("{fault: kill, target: {node: db-a}}", 20, "{leader-of: db}"),
    ("{fault: kill, target: {node: db-b}, component: db}", 20, "{node: db-b}"),
    // Two lead: neither is the leader.
    ("{fault: kill, target: {node: db-a}, component: db}", 70, "{node: db-a}"),
    // Leads and holds: as a node it is both, its component is the leader.
    ("{fault: kill, target: {node: db-a}}", 96, "{node: db-a}"),
    ("{fault: kill, target: {node: db-a}, component: db}", 96, "{leader-of: db}"),
    // Its standby's component has roles, so it is not struck for the address.
    ("{fault: kill, target: {role: lb}}", 20, "{role: lb}"),
    ("{fault: kill, target: {node: lb-a, pick: one}}", 20, "{node: lb-a, pick: one}"),
  ])
  func whatANodeWas(step: String, at: Int, target: String) throws {
    var builder = HistoryBuilder()
    builder.observations = Self.facts.map { Observation(time: .milliseconds($0.0), $0.1) }
    let targets = SessionTargets(history: builder.finish())
    let meant = targets.meant(
      try YAMLNode.parse(text: step, file: "s"), at: .milliseconds(at))
    #expect(meant["target"]?.flowText == target)
    #expect(
      meant["component"]?.text
        == (step.contains("proxy") ? "proxy" : step.contains("component") ? "db" : nil))
  }
}
