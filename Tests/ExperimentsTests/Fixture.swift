import Basics
import Checking
import Experiments
import Stacks
import YAML

/// A small experiment on a small stack, with checkers that are invented.
enum Fixture {
  static let stack = """
    title: Two sites
    parameters:
      wan: {kind: duration, default: 2ms}
    sites: [a, b, out]
    networks: {lan: {subnet: 10.77.0.0/16}}
    links: [{between: [a, b], delay: "${wan}"}]
    addresses: {vip: {ip: 10.77.0.100, network: lan, preferred: lb-a}}
    nodes:
      lb-a: {site: a, role: balancer, ip: 10.77.1.1, components: [proxy]}
      lb-b: {site: b, role: balancer, ip: 10.77.1.2, components: [proxy]}
      db-a: {site: a, role: database, ip: 10.77.2.1, components: [db]}
      db-b: {site: b, role: database, ip: 10.77.2.2, components: [db]}
      client-1: {site: out, role: client, ip: 10.77.9.1}
      client-2: {site: out, role: client, ip: 10.77.9.2}
    services:
      api: {url: "http://${addresses.vip.ip}:80", replicas: {role: database, url: "http://${node.address}:81"}}
    """

  static let proxy = """
    name: proxy
    summary: Passes on.
    variants:
      - {name: real, binary: /usr/sbin/proxy, packages: [proxy-server]}
      - {name: small, binary: "${bin}/small", stand-in-for: the real proxy}
    command: ["${binary}", -f, "${dir}/p.conf"]
    files: [{template: p.conf, to: p.conf}]
    start-after: [db, unused]
    """

  static let db = """
    name: db
    summary: Keeps.
    binary: /usr/bin/db
    packages: [db]
    command: ["${binary}"]
    role: {command: [ask, role]}
    promote: {command: [ask, promote]}
    """

  static let unused =
    "{name: unused, summary: '', binary: /bin/none, packages: [none], command: [x]}"

  static let experiment = """
    title: The balancer dies
    description: >
      Somebody kills the balancer, the line is cut, and the other database
      is made the primary.
    tags: [failover]
    stack: two
    with: {wan: 5ms}
    workloads:
      orders: {kind: set, service: api, rate: 50/s, clients: 4, from: {role: client}, timeout: 500ms}
    steady-state: {for: 1s, within: 10s}
    method:
      - {at: 1s, fault: kill, target: {owner-of: vip}, component: proxy, for: 5s}
      - {at: 8s, fault: partition, between: [{site: a}, {site: b}], for: 4s}
      - {at: 8s, fault: delay, from: {node: lb-a}, to: {site: b}, delay: 50ms, jitter: 10ms}
      - {at: 9s, action: promote, target: {node: db-b}, component: db}
      - {at: 13s, fault: restart, target: {role: database, pick: one}, component: db}
      - {at: 20s, fault: kill, target: {node: db-a}, for: forever}
    settle: {for: 2s, within: 15s}
    capture: {segment: lan, full: true}
    invariants:
      - quick: {workload: orders, fault: 1, within: 5s}
      - kept: {workload: orders}
      - {one-owner: {address: vip, name: alone}}
      - {one-owner: {address: vip}}
    expect: [kept]
    """

  static var files: [String: String] {
    [
      "fixtures/stacks/two.yaml": stack, "fixtures/components/proxy/component.yaml": proxy,
      "fixtures/components/proxy/p.conf":
        "# ${node.name}\n%for x in role:database\n${x.address}\n%end\n",
      "fixtures/components/db/component.yaml": db,
      "fixtures/components/unused/component.yaml": unused,
      "experiments/two/01.yaml": experiment,
    ]
  }

  static let vocabulary = Vocabulary(
    invariants: [
      .init(
        name: "quick",
        schema: Schema([
          .init("within", .duration, "", isRequired: true), .init("fault", .integer, ""),
        ])
      ) { settings in
        settings.duration("within") == .zero
          ? .failure(SettingsError("within", "a bound of zero"))
          : .success(.init(feed: .traffic))
      },
      .init(name: "kept", schema: .empty),
      .init(
        name: "one-owner",
        schema: Schema([
          .init("address", .text, "", isRequired: true), .init("to", .text, ""),
          .init("probe", .text, ""), .init("component", .text, ""),
        ])),
    ], workloads: Vocabulary.standard.workloads)

  static func plan(
    _ files: [String: String] = files, set: [(String, String)] = [], seed: UInt64 = 7,
    machine: Machine = .imaginary
  ) throws(Problems) -> Plan {
    try Loader(MemoryLibrary(texts: files), machine: machine, vocabulary: vocabulary)
      .experiment("experiments/two/01.yaml", set: set, seed: seed)
  }

  /// The experiment after one replacement.
  static func changed(_ old: String, _ new: String) -> [String: String] {
    var files = files
    files["experiments/two/01.yaml"] = experiment.replacing(old, with: new)
    return files
  }
}
