import Experiments
import Stacks
import YAML

@testable import Authoring

/// Two sites, in memory.
enum Fixture {
  static let files = [
    "fixtures/stacks/two.yaml": """
    title: Two sites
    parameters:
      wan: {kind: duration, default: 2ms}
    sites: [a, b, out]
    networks: {lan: {subnet: 10.77.0.0/16}}
    addresses: {vip: {ip: 10.77.0.100, network: lan, preferred: lb-a}}
    nodes:
      lb-a: {site: a, role: balancer, ip: 10.77.1.1, components: [proxy]}
      lb-b: {site: b, role: balancer, ip: 10.77.1.2, components: [proxy]}
      db-a: {site: a, role: database, ip: 10.77.2.1, components: [db]}
      db-b: {site: b, role: database, ip: 10.77.2.2, components: [db]}
      client-1: {site: out, role: client, ip: 10.77.9.1}
    services:
      api: {url: "http://${addresses.vip.ip}:80", replicas: {role: database, url: "http://${node.address}:81"}}
    """,
    "fixtures/components/proxy/component.yaml":
      "{name: proxy, summary: Passes on., binary: /usr/sbin/proxy, command: [proxy]}",
    "fixtures/components/db/component.yaml": """
    name: db
    summary: Keeps.
    binary: /usr/bin/db
    command: ["${binary}"]
    role: {command: [ask, role]}
    promote: {command: [ask, promote]}
    """,
    "experiments/two/01.yaml": traffic,
  ]

  static let traffic = """
    title: The balancer dies
    stack: two
    with: {wan: 5ms}
    workloads:
      orders: {kind: set, service: api, rate: 50/s, clients: 4, from: {role: client}, timeout: 500ms}
    steady-state: {for: 1s, within: 10s}
    method: [{at: 1s, fault: kill, target: {owner-of: vip}, component: proxy, for: 5s}]
    settle: {for: 2s, within: 15s}
    invariants:
      - failover-time: {workload: orders, fault: 1, first-good: 4s}
      - no-lost-writes: {workload: orders}
    """

  static func loader(_ more: [String: String] = [:]) -> Loader<MemoryLibrary> {
    Loader(
      MemoryLibrary(texts: files.merging(more) { _, new in new }), machine: .imaginary)
  }

  static func stack() throws -> ResolvedStack { try loader().stack("two") }

  static func given() throws -> ExperimentDraft.Traffic {
    .init(
      try YAMLNode.parse(text: traffic, file: "experiments/two/01.yaml"),
      of: "experiments/two/01.yaml")
  }

  /// What a text of an experiment is planned as.
  static func plan(_ text: String, _ more: [String: String] = [:]) throws -> Plan {
    let path = "experiments/two/new.yaml"
    return try loader(more.merging([path: text]) { _, new in new }).experiment(
      path, set: [], seed: 7)
  }
}
