import Basics
import Experiments
import Faults
import Stacks
import Testing
import Workloads
import YAML

/// A run that people steer is planned as an experiment without a method.
@Suite struct ByHandTests {
  private func plan(_ wanted: ByHand, set: [(String, String)] = []) throws(Problems) -> Plan {
    try Loader(
      MemoryLibrary(texts: Fixture.files), machine: .imaginary, vocabulary: Fixture.vocabulary
    ).byHand(wanted, set: set, seed: 3)
  }

  @Test func aStackAloneHasNoTrafficAndClaimsNothing() throws {
    let plan = try plan(ByHand(stack: "two"), set: [("wan", "9ms")])
    #expect(plan.isByHand && plan.claimsNothing)
    #expect(plan.workloads.isEmpty && plan.schedule.isEmpty && plan.warnings.isEmpty)
    #expect(plan.capture.segment == .none)
    #expect(plan.stack.parameters.first { $0.name == "wan" }?.shownText == "9ms")
  }

  @Test func anExperimentGivesItsTrafficAndWhatNamesNoFault() throws {
    var wanted = ByHand(stack: "two")
    wanted.traffic = "experiments/two/01.yaml"
    wanted.abortWhen = ["{bad: 20%, over: 5s}"]
    let plan = try plan(wanted)
    #expect(!plan.claimsNothing && plan.schedule.isEmpty)
    #expect(plan.file == "experiments/two/up.yaml")
    #expect(plan.workloads.map(\.name) == ["orders"])
    #expect(plan.steadyState.holds == .seconds(1))
    let written = plan.invariants.filter { $0.unasked == nil }.map(\.name)
    #expect(written == ["kept", "alone", "one-owner"])
    #expect(plan.expectation.mustFail.isEmpty)
    #expect(plan.abortWhen.map(\.description) == ["20% or more of the operations over 5s were bad"])
    #expect(plan.capture.segment == .network("lan"))
  }

  @Test func workloadsAreSaidInAFewWordsOrAsAnExperimentHasThem() throws {
    var wanted = ByHand(stack: "two")
    wanted.traffic = "experiments/two/01.yaml"
    wanted.workloads = [
      "set of api 20/s 3 clients", "{kind: set, service: api, rate: 5/s, timeout: 2s}", "set api",
    ]
    let plan = try plan(wanted)
    #expect(plan.workloads.map(\.name) == ["orders", "api", "api-2", "api-3"])
    #expect(plan.workloads.map(\.load.text) == ["50/s", "20/s", "5/s", "50/s"])
    #expect(plan.workloads.map(\.clients) == [4, 3, 1, 1])
    for (words, sentence) in [
      ("set api often", "'often' is neither a rate"), ("x y z u v", "is no workload"),
      ("sett api", "did you mean 'set'?"), ("set apy", "unknown service 'apy'"),
    ] {
      wanted.workloads = [words]
      let problems = #expect(throws: Problems.self) { try self.plan(wanted) }
      #expect(problems.map { "\($0)".contains(sentence) } == true, "\(problems as Any)")
    }
    #expect(
      ByHand.isWorkload("set api") && !ByHand.isWorkload("01") && !ByHand.isWorkload("a/b.yaml"))
  }

  @Test func whatIsRecordedIsEverything() throws {
    var wanted = ByHand(stack: "two")
    wanted.traffic = "experiments/two/01.yaml"
    wanted.recordsPackets = true
    let plan = try plan(wanted)
    #expect(plan.capture.segment == .all && plan.capture.isFull)
  }

  @Test(arguments: ["experiments/two/01.yaml", nil])
  func theStoredPlanIsTheSamePlan(traffic: String?) throws {
    var wanted = ByHand(stack: "two")
    wanted.traffic = traffic
    let made = try plan(wanted)
    let text = made.json.text(indented: true)
    let read = try Plan.read(Array(text.utf8), file: "plan.json", vocabulary: Fixture.vocabulary)
    #expect(read.isByHand && read.json.text(indented: true) == text)
    #expect(read.text == made.text)
  }

  @Test func anotherStacksTrafficIsRefused() throws {
    var files = Fixture.files
    files["fixtures/stacks/other.yaml"] = Fixture.stack
    var wanted = ByHand(stack: "other")
    wanted.traffic = "experiments/two/01.yaml"
    let loader = Loader(
      MemoryLibrary(texts: files), machine: .imaginary, vocabulary: Fixture.vocabulary)
    let problems = try #require(throws: Problems.self) { try loader.byHand(wanted, seed: 1) }
    #expect(
      problems.sentences
        == "this experiment is about the stack 'two', not about fixtures/stacks/other.yaml")
  }
}
