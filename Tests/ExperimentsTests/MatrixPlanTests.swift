import Basics
import Experiments
import Faults
import Stacks
import Testing
import YAML

/// Which faults are tried on which components, and as which experiments.
@Suite struct MatrixPlanTests {
  private static let experiment = """
    title: The balancer dies
    stack: two
    with: {wan: 5ms}
    workloads:
      orders: {kind: set, service: api, rate: 50/s, clients: 4, from: {role: client}, timeout: 500ms}
    steady-state: {for: 1s, within: 10s}
    method:
      - {at: 1s, fault: kill, target: {owner-of: vip}, component: proxy, for: 5s}
    settle: {for: 2s, within: 15s}
    capture: {segment: lan, full: true}
    invariants:
      - no-lost-writes: {workload: orders}
      - failover-time: {workload: orders, fault: 1, first-good: 1s}
    """

  private func files() -> [String: String] {
    var files = Fixture.files
    files["experiments/two/01.yaml"] = Self.experiment
    return files
  }

  private func plan() throws -> Plan {
    try Loader(MemoryLibrary(texts: files()), machine: .imaginary)
      .experiment("experiments/two/01.yaml", seed: 7)
  }

  private func matrix(_ faults: Set<String>?) throws -> MatrixPlan {
    try MatrixPlan(try plan(), faults: faults, machine: .imaginary)
  }

  @Test func aRowIsAComponentOnTheNodesOfARole() throws {
    let rows = try matrix(["kill"]).rows
    #expect(
      rows.map { "\($0.component) \($0.role): \($0.aim)" } == [
        "proxy balancer: the owner of vip", "db database: the leader of db",
      ])
  }

  @Test func aFaultOfComponentsThatTakesPowerHasTwoColumns() throws {
    let columns = try matrix(["kill", "pause", "partition"]).columns
    #expect(columns.map(\.name) == ["kill", "kill node", "pause", "partition"])
    #expect(columns.map(\.isOfNode) == [false, true, false, true])
  }

  /// Each cell is an experiment with the traffic and what must hold whatever is done, and one step.
  @Test func aCellIsAnExperimentWithOneStep() throws {
    let matrix = try matrix(["kill", "delay"])
    let plan = try plan()
    guard case .experiment(let text) = matrix.cells[1][0] else {
      Issue.record("\(matrix.cells[1][0])")
      return
    }
    let cell = try plan.replacingExperiment(with: text, machine: .imaginary)
    #expect(cell.title == "kill of db, the leader of db")
    #expect(cell.schedule.map(\.text) == ["kill db on the leader of db"])
    #expect(cell.schedule[0].at == .seconds(1) && cell.schedule[0].end == .seconds(6))
    #expect(cell.workloads.map(\.name) == ["orders"] && cell.steadyState.holds == .seconds(1))
    #expect(cell.settle.within == .seconds(15) && cell.capture.segment == .none)
    #expect(cell.stack.parameters.first { $0.name == "wan" }?.shownText == "5ms")
    let written = cell.invariants.filter { $0.unasked == nil }
    #expect(written.map(\.name) == ["recovery-of-orders", "no-lost-writes"])
    #expect(written[0].checker == "failover-time" && written[0].fault == nil)
    #expect(cell.expectation.mustFail.isEmpty)
    guard case .experiment(let delay) = matrix.cells[0][2] else {
      Issue.record("\(matrix.cells[0][2])")
      return
    }
    let slow = try plan.replacingExperiment(with: delay, machine: .imaginary)
    #expect(slow.schedule[0].text.hasPrefix("delay 200ms between the owner of vip and"))
  }

  @Test func whatDoesNotFitSaysWhy() throws {
    let matrix = try matrix(["drain", "connections-held", "split", "stale-neighbours"])
    #expect(
      matrix.columns.map(\.name) == ["drain", "split", "stale-neighbours", "connections-held"])
    for row in matrix.cells {
      guard case .refused(let drain) = row[0], case .experiment(let split) = row[1],
        case .refused(let held) = row[3]
      else {
        Issue.record("\(row)")
        continue
      }
      #expect(!drain.isEmpty)
      #expect(held == "it must be told port")
      // A group is split, whoever leads it.
      #expect(split.contains("fault: split, target: {role: "))
    }
  }

  /// What strikes a node strikes all that runs on it, once.
  @Test func componentsOnOneNodeShareWhatStrikesIt() throws {
    var files = files()
    files["fixtures/stacks/two.yaml"] = Fixture.stack.replacing(
      "components: [proxy]", with: "components: [proxy, unused]")
    let plan = try Loader(MemoryLibrary(texts: files), machine: .imaginary)
      .experiment("experiments/two/01.yaml", seed: 7)
    let matrix = try MatrixPlan(plan, faults: ["kill"], machine: .imaginary)
    #expect(matrix.rows.map(\.component) == ["proxy", "unused", "db"])
    #expect(matrix.cells[1][1] == .sameAs(0))
    guard case .experiment = matrix.cells[1][0] else {
      Issue.record("\(matrix.cells[1][0])")
      return
    }
  }

  @Test func everyFaultHasAColumnButWhatIsAboutEverything() throws {
    let matrix = try matrix(nil)
    #expect(Set(matrix.columns.map(\.fault)) == Set(FaultCatalogue.faults.map { $0.name }))
    #expect(matrix.cells.allSatisfy { $0.count == matrix.columns.count })
    let tried = matrix.cells.joined().count { if case .experiment = $0 { true } else { false } }
    #expect(tried > 20)
  }

  @Test func theFirstExperimentOfAStackIsFound() throws {
    var files = files()
    files["experiments/one/00.yaml"] = "stack: other"
    files["experiments/two/00.yaml"] = "stack: ../fixtures/stacks/two.yaml"
    let loader = Loader(MemoryLibrary(texts: files), machine: .imaginary)
    #expect(loader.firstExperiment(about: "two", in: "experiments") == "experiments/two/00.yaml")
    #expect(loader.firstExperiment(about: "none", in: "experiments") == nil)
    #expect(
      try loader.stackFile(ofExperiment: "experiments/two/01.yaml") == loader.stackFile(of: "two"))
    #expect(throws: Problems.self) { try loader.stackFile(of: "none") }
    #expect(throws: Problems.self) { try loader.stackFile(ofExperiment: "experiments/none.yaml") }
  }
}
