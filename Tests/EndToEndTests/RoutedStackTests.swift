import Foundation
import Testing

extension EndToEnd {
  /// A client, a server on another network, and the router between them.
  @Suite struct RoutedStack {
    static let stack = """
      title: Two networks
      summary: A page behind a router, for tests.
      sites: [here, outside]
      networks:
        lan: {subnet: 10.78.0.0/24}
        back: {subnet: 10.79.0.0/24}
      nodes:
        web: {site: here, role: web, network: back, ip: 10.79.0.2, components: [page], routes: [{to: 10.78.0.0/24, via: 10.79.0.1}]}
        router: {site: here, role: router, networks: {lan: 10.78.0.1, back: 10.79.0.1}, forwards: true}
        client: {site: outside, role: client, network: lan, ip: 10.78.0.9, routes: [{to: 0.0.0.0/0, via: 10.78.0.1}]}
      services:
        page: {url: "http://10.79.0.2:8080/"}
      """

    /// The same of either family.
    static func stack(isIPv6: Bool) -> String {
      guard isIPv6 else { return stack }
      return ["78", "79"].reduce(stack) { text, net in
        text.replacing("{subnet: 10.\(net).0.0/24}", with: "{subnet6: \"fd00:\(net)::/64\"}")
          .replacing("to: 10.\(net).0.0/24", with: "to: \"fd00:\(net)::/64\"")
          .replacing("http://10.\(net).0.2:", with: "http://[fd00:\(net)::2]:")
          .replacing("10.\(net).0.", with: "fd00:\(net)::")
      }.replacing("0.0.0.0/0", with: "\"::/0\"")
    }

    /// A cut is confirmed by probes that the router passes on, and it is what clients feel.
    @Test func aWayOverARouterIsCutOnIPv6() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          method:
            "{at: 500ms, fault: partition, from: {node: client}, to: {node: web}, for: 2500ms}",
          invariants: "availability: {workload: pages, during: fault, late: 100ms, at-least: 50%}",
          rest: """
              - recovers: {workload: pages, within: 2s}
            expect: [availability]
            """))
      try project.write(Self.stack(isIPv6: true), to: "fixtures/stacks/small.yaml")
      let ended = try project.run()
      let result = try project.result()
      #expect(result.invariant("availability")?.verdict == "invalid", "\(ended)")
      #expect(result.invariant("recovers")?.verdict == "valid", "\(ended)")
      #expect(ended.code == 0, "\(ended)")
    }

    /// The server knows no way back to the clients' network: it answers the router, if that masquerades, and
    /// again after the router forgot its connections with its power. Else nobody is ever answered.
    @Test(arguments: [false, true], [false, true])
    func whoIsMasqueradedIsAnsweredWithoutAWayBack(isIPv6: Bool, masquerades: Bool) throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          method: "{at: 500ms, fault: kill, target: {node: router}, for: 1s}",
          invariants: "recovers: {workload: pages, within: 2s}"))
      let text = Self.stack(isIPv6: isIPv6)
      let start = try #require(text.range(of: ", routes: [{to"))
      let end = try #require(text[start.lowerBound...].range(of: "]}"))
      var stack = text.replacingCharacters(in: start.lowerBound..<end.upperBound, with: "}")
      if masquerades {
        stack = stack.replacing("forwards: true", with: "forwards: true, masquerades: [back]")
      }
      try project.write(stack, to: "fixtures/stacks/small.yaml")
      let ended = try project.run()
      #expect((ended.code == 0) == masquerades, "\(ended)")
      if masquerades {
        #expect(try project.result().invariant("recovers")?.verdict == "valid", "\(ended)")
      }
    }

    /// The power goes for a while and comes back: its routes are the node's, not its memory's.
    @Test(arguments: ["router", "client", "web"]) func packetsPassTheRouterWhileItHasPower(
      node: String
    ) throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          method: "{at: 500ms, fault: kill, target: {node: \(node)}, for: 1s}",
          invariants: "availability: {workload: pages, during: fault, late: 100ms, at-least: 50%}",
          rest: """
              - {availability: {workload: pages, name: around, at-least: 50%}}
              - recovers: {workload: pages, within: 1s}
            expect: [availability]
            """))
      try project.write(Self.stack, to: "fixtures/stacks/small.yaml")
      let ended = try project.run()
      let result = try project.result()
      #expect(result.invariant("availability")?.verdict == "invalid", "\(ended)")
      #expect(result.invariant("recovers")?.verdict == "valid", "\(ended)")
      #expect(result.invariant("around")?.verdict == "valid", "\(ended)")
      #expect(ended.code == 0, "\(ended)")
    }
  }
}
