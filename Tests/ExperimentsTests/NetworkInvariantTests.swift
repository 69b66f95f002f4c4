import Experiments
import Stacks
import Testing
import YAML

/// Invariants that name networks, and who must not reach whom.
@Suite struct NetworkInvariantTests {
  private static func plan(_ invariant: String) throws(Problems) -> Plan {
    var files = Fixture.files
    files["fixtures/stacks/two.yaml"] = Fixture.stack
    files["experiments/two/01.yaml"] = """
      title: x
      stack: two
      workloads: {pages: {kind: call, service: api, rate: 10/s}}
      method: [{at: 1s, fault: kill, target: {node: db-b}, component: db, for: 1s}]
      invariants: [{\(invariant)}]
      """
    return try Loader(MemoryLibrary(texts: files), machine: .imaginary)
      .experiment("experiments/two/01.yaml", seed: 1)
  }

  @Test(arguments: [
    "encrypted: {networks: lan}", "encrypted: {networks: [lan]}",
    "unreachable: {from: client-1, to: db-a, ports: 5432}",
    "unreachable: {from: role:client, to: db-a, ports: [5432, 80], seen-from: db-b, every: 50ms}",
    "unreachable: {from: site:a, to: 10.77.2.1, ports: [5432], seen-from: db-a}",
  ])
  func whatMeansSomethingIsTaken(invariant: String) throws {
    #expect(try Self.plan(invariant).invariants.first != nil)
  }

  @Test(arguments: [
    ("encrypted: {networks: [lan, wan]}", "unknown network 'wan'; did you mean 'lan'?"),
    ("encrypted: {}", "needs the key 'networks'"),
    ("encrypted: {networks: []}", "say on which networks"),
    (
      "unreachable: {from: client-3, to: db-a, ports: 1}",
      "unknown node, role or site 'client-3'; did you mean 'client-1'?"
    ),
    ("unreachable: {from: role:clients, to: db-a, ports: 1}", "unknown node, role or site"),
    (
      "unreachable: {from: client-1, to: db-x, ports: 1}",
      "unknown node or address 'db-x'; did you mean 'db-a'?"
    ),
    (
      "unreachable: {from: client-1, to: db-a, ports: 1, seen-from: db-x}",
      "unknown node, role or site 'db-x'"
    ),
    ("unreachable: {from: client-1, to: 10.9.9.9, ports: 1}", "say with 'seen-from'"),
    ("unreachable: {from: client-1, to: db-a}", "needs the key 'ports'"),
    ("unreachable: {from: client-1, to: db-a, ports: 70000}", "65535"),
    ("unreachable: {from: client-1, to: db-a, ports: 1, every: 1ms}", "1ms is too often"),
  ])
  func whatMeansNothingIsRefused(invariant: String, message: String) throws {
    let refused = #expect(throws: Problems.self) { try Self.plan(invariant) }
    let texts = try #require(refused).all.map { "\($0)" }
    #expect(texts.contains { $0.contains(message) }, "\(texts)")
    #expect(texts.allSatisfy { $0.hasPrefix("experiments/two/01.yaml:5:") }, "\(texts)")
  }
}
