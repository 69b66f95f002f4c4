import Experiments
import Stacks
import Testing
import YAML

/// A fault of a path needs a way between its ends, direct or over routers.
@Suite struct RouteRefusalTests {
  private static let stack = """
    title: Two networks and an island
    sites: [a, b, core]
    networks: {one: {subnet: 10.1.0.0/24}, two: {subnet: 10.2.0.0/24}, island: {subnet: 10.3.0.0/24}}
    nodes:
      web: {site: a, role: web, network: one, ip: 10.1.0.2, routes: [{to: 0.0.0.0/0, via: 10.1.0.1}]}
      db: {site: b, role: db, network: two, ip: 10.2.0.2}
      router: {site: core, role: router, networks: {one: 10.1.0.1, two: 10.2.0.1}, forwards: true}
      alone: {site: b, role: alone, network: island, ip: 10.3.0.2}
    services: {web: {url: "http://10.1.0.2:80"}}
    """

  private func refusals(_ step: String, masquerades: Bool = false) -> [String] {
    var files = Fixture.files
    files["fixtures/stacks/two.yaml"] =
      masquerades
      ? Self.stack.replacing("forwards: true", with: "forwards: true, masquerades: [two]")
      : Self.stack
    files["experiments/two/01.yaml"] =
      "title: t\nstack: two\nmethod:\n  - {at: 1s, \(step), for: 1s}\n"
    do {
      _ = try Fixture.plan(files)
      return []
    } catch {
      return error.all.map(\.description)
    }
  }

  @Test(arguments: [
    "fault: partition, between: [{node: web}, {node: db}]",
    // The way there is one, the way back is none.
    "fault: partition, from: {node: web}, to: {node: db}",
    "fault: partition, between: [{site: a}, {site: b}], protocol: tcp, port: 5432",
    "fault: partition, from: {node: db}, to: {node: router}, protocol: arp",
    "fault: loss, target: {node: alone}, loss: 5%, protocol: 89",
  ])
  func whereARouteLeadsTheFaultIsPlanned(step: String) { #expect(refusals(step) == []) }

  /// Behind a router that masquerades a packet bears the router's address: what is meant by it cannot be told.
  @Test(arguments: [
    ("fault: partition, between: [{node: web}, {node: db}]", true),
    ("fault: partition, from: {node: web}, to: {node: db}", true),
    ("fault: delay, between: [{site: a}, {site: b}], delay: 1s", true),
    ("fault: partition, between: [{node: web}, {node: router}]", false),
    ("fault: partition, from: {node: router}, to: {node: db}", false),
    ("fault: partition, target: {node: web}", false),
  ])
  func aWayThatIsMasqueradedIsRefused(step: String, isRefused: Bool) {
    let problems = refusals(step, masquerades: true)
    let reason =
      "node 'router' masquerades what node 'web' sends to node 'db', so that cannot be told from"
    #expect(problems.contains { $0.contains(reason) } == isRefused, "\(problems)")
    #expect(problems.isEmpty != isRefused)
  }

  @Test(arguments: [
    (
      "fault: partition, from: {node: db}, to: {node: web}",
      "4:54: no route from node db to node web: they have no network in common; give the nodes 'routes'"
    ),
    (
      "fault: partition, between: [{node: web}, {node: alone}]", "no route from node web to node al"
    ),
    (
      "fault: partition, between: [{node: web}, {node: db}], protocol: arp",
      "node web and node db have no network in common, and no router passes ARP on"
    ),
    (
      "fault: partition, between: [{node: web}, {node: db}], protocol: tpc",
      "'tpc' is no protocol known here; write tcp, udp, icmp, vrrp, arp, or a number up to 255"
    ),
    (
      "fault: partition, between: [{node: web}, {node: db}], protocol: vrrp, port: 1",
      "only tcp and udp have ports"
    ),
    (
      "fault: partition, between: [{node: web}, {node: db}], port: 0",
      "'port' must be a whole number from 1 to 65535"
    ),
  ])
  func whereNoRouteLeadsItIsRefusedAtItsPlace(step: String, reason: String) {
    let found = refusals(step)
    #expect(found.contains { $0.contains(reason) }, "\(found)")
  }
}
