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
