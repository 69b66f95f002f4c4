import Basics
import Experiments
import Faults
import Stacks
import Testing
import YAML

@testable import Authoring

@Suite struct DraftTests {
  /// What is begun with can be planned as it stands, and asks what its traffic's experiment asks of any fault.
  @Test func anExperimentCanBePlanned() throws {
    var draft = ExperimentDraft(
      title: "A: \"hard\" title", stack: "two", traffic: try Fixture.given())
    draft.heading = ["Why", "", "More"]
    let kill = try YAMLNode.parse(
      text: "{fault: kill, target: {node: lb-a}, component: proxy, for: 9s}", file: "")
    draft.moments = [.init(["kill it"], (.seconds(2), kill), for: .seconds(5))]
    let plan = try Fixture.plan(draft.text)
    #expect(plan.title == "A: \"hard\" title")
    #expect(plan.schedule.map(\.text) == ["kill proxy on node lb-a"])
    #expect(plan.schedule[0].healing.time == .seconds(7))
    let asked = plan.invariants.filter { $0.unasked == nil }.map(\.name)
    #expect(asked == ["no-lost-writes", "failover-time"])
    #expect(plan.stack.parameters.first?.shownText == "5ms")
    #expect(draft.text.hasPrefix("# Why\n#\n# More\ntitle: "))
  }

  @Test func anExperimentsOwnParametersWin() throws {
    var draft = ExperimentDraft(title: "x", stack: "two", traffic: try Fixture.given())
    draft.parameters = try YAMLNode.parse(text: "{wan: 7ms}", file: "").entries ?? []
    draft.moments = [
      .init(
        [],
        (.seconds(1), try YAMLNode.parse(text: "{fault: kill, target: {node: lb-a}}", file: "")),
        for: .seconds(3))
    ]
    #expect(try Fixture.plan(draft.text).stack.parameters.first?.shownText == "7ms")
  }

  /// A component, a stack of it and an experiment on that, none of which anybody has touched.
  @Test func whatIsBegunWithFitsTogether() throws {
    var component = ComponentDraft(name: "page", binary: "/usr/bin/page")
    component.arguments = ["--listen", "0.0.0.0:8080", "# no comment"]
    component.port = 8080
    let root = try YAMLNode.parse(text: component.text, file: "component.yaml")
    #expect(root["command"]?.elements?.compactMap(\.text).last == "# no comment")
    let stack = StackDraft(name: "pages", sites: ["east", "west"], parts: [.init("page", root)])
    let files = [
      "fixtures/components/page/component.yaml": component.text,
      "fixtures/stacks/pages.yaml": stack.text,
    ]
    let resolved = try Fixture.loader(files).stack("pages")
    #expect(
      resolved.nodes.map(\.id.text) == ["page-east", "page-west", "client-1", "client-2"])
    #expect(resolved.services.map(\.url) == ["http://10.80.1.1:8080/"])
    var draft = ExperimentDraft(title: "x", stack: "pages", traffic: try .plain(for: resolved))
    let kill = try YAMLNode.parse(text: "{fault: kill, target: {node: page-east}}", file: "")
    draft.moments = [.init([], (.seconds(2), kill), for: .seconds(5))]
    #expect(try Fixture.plan(draft.text, files).workloads.map(\.name) == ["calls"])
  }

  @Test func whatAStacksAuthorMustSayIsSaidToBeMissing() throws {
    let root = try YAMLNode.parse(
      text: "{name: needy, parameters: {key: {kind: text}, other: {kind: text, default: x}}}",
      file: "component.yaml")
    let stack = StackDraft(name: "s", sites: ["a"], parts: [.init("needy", root)])
    #expect(stack.text.contains("components: [{needy: {key: TODO}}]"))
    #expect(stack.text.contains("  # needy: {url: \"http://10.80.1.1:PORT/\"}"))
  }

  @Test func withoutClientsOrServicesThereIsNoPlainTraffic() throws {
    var stack = try Fixture.stack()
    stack.nodes.removeAll { $0.instances.isEmpty }
    let clients = #expect(throws: Problem.self) {
      try ExperimentDraft.Traffic.plain(for: stack)
    }
    #expect(clients?.message.contains("clients could be on") == true)
    stack.services = []
    let services = #expect(throws: Problem.self) {
      try ExperimentDraft.Traffic.plain(for: stack)
    }
    #expect(services?.message.contains("no service") == true)
  }
}
