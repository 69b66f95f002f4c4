import Basics
import Experiments
import Stacks
import Testing
import YAML

/// What a component is replaced by is worked out while planning.
@Suite struct RedeployPlanTests {
  private static let database = """
    name: db
    summary: Keeps.
    parameters:
      workers: {kind: integer, default: 1, summary: How many work.}
      size: {kind: integer, default: 8, summary: Of a page.}
    variants:
      - {name: usual, binary: /usr/bin/db}
      - {name: other, binary: /usr/bin/other}
    command: ["${binary}", -w, "${workers}"]
    prepare: {folder: "${dir}/data", steps: [[/bin/init, "${size}"]]}
    """

  private func plan(_ action: String) throws(Problems) -> Plan {
    var files = Fixture.files
    files["fixtures/components/db/component.yaml"] = Self.database
    files["experiments/two/01.yaml"] = """
      title: x
      stack: two
      workloads: {orders: {kind: set, service: api, rate: 10/s}}
      method:
        - {at: 1s, action: redeploy, target: {role: database}, component: db, \(action)}
      invariants: [{no-lost-writes: {workload: orders}}]
      """
    return try Loader(MemoryLibrary(texts: files), machine: .imaginary)
      .experiment("experiments/two/01.yaml", seed: 1)
  }

  private func problems(_ action: String) -> [String] {
    do {
      _ = try plan(action)
      return []
    } catch {
      return error.all.map(\.description)
    }
  }

  @Test func thePlanKnowsWhatInstancesBecome() throws {
    let stack = try plan("with: {workers: 7}").stack
    let release = Release(of: "db", parameters: ["workers": "7"])
    let id = InstanceID(node: "db-b", component: "db")
    #expect(stack.instance(id)?.command == ["/usr/bin/db", "-w", "1"])
    #expect(stack.instance(id, of: release)?.command == ["/usr/bin/db", "-w", "7"])
    #expect(stack.releases[release]?.count == 2)
  }

  @Test func anotherVariantMayBeTaken() throws {
    let stack = try plan("variant: other").stack
    let release = Release(of: "db", variant: "other")
    #expect(stack.releases[release]?.first?.binary == "/usr/bin/other")
  }

  @Test(arguments: [
    ("with: {worker: 7}", "did you mean 'workers'"),
    ("with: {workers: many}", "'workers' must be a whole number"),
    ("variant: usal", "did you mean 'usual'"),
    ("with: {size: 16}", "that is decided when its data are made"),
    ("pause: 1s", "say what changes"),
  ])
  func whatCannotBeIsRefusedAtItsStep(action: String, sentence: String) {
    let found = problems(action)
    #expect(found.count == 1)
    #expect(found.first?.contains(sentence) == true, "\(found)")
    #expect(found.first?.contains("01.yaml:5") == true, "\(found)")
  }
}
