import Basics
import Experiments
import Stacks
import Testing
import YAML

/// A stored plan is carried out again: as it is, with secrets given anew, or with another experiment in its place.
@Suite struct ReplayPlanTests {
  private func stored(_ plan: Plan) throws -> Plan {
    try Plan.read(
      Array(plan.json.text().utf8), file: "plan.json", machine: .imaginary,
      vocabulary: Fixture.vocabulary)
  }

  @Test func anotherExperimentTakesThePlaceOfTheFile() throws {
    let plan = try stored(try Fixture.plan())
    #expect(plan.experimentText == Fixture.experiment)
    let text = Fixture.experiment.replacing(
      "  - {at: 20s, fault: kill, target: {node: db-a}, for: forever}\n", with: "")
    let smaller = try plan.replacingExperiment(
      with: text, machine: .imaginary, vocabulary: Fixture.vocabulary)
    #expect(smaller.schedule.count == plan.schedule.count - 1 && smaller.seed == plan.seed)
    #expect(smaller.stack.name == plan.stack.name && smaller.file == plan.file)
    // What it was made of is stored with it.
    #expect(try stored(smaller).text == smaller.text)
  }

  @Test func whatIsNoExperimentIsRefused() throws {
    let plan = try stored(try Fixture.plan())
    let problems = try #require(throws: Problems.self) {
      try plan.replacingExperiment(
        with: Fixture.experiment.replacing("orders: {kind", with: "others: {kind"),
        machine: .imaginary, vocabulary: Fixture.vocabulary)
    }
    #expect(problems.all[0].mark.file == plan.file)
  }

  @Test func whatThisMachineLacksIsMissingNotWrong() throws {
    let plan = try Fixture.plan()
    let problems = try #require(throws: Problems.self) {
      try Plan.read(
        Array(plan.json.text().utf8), file: "plan.json",
        machine: Machine(binFolder: "/bin", locate: { _ in nil }), vocabulary: Fixture.vocabulary)
    }
    #expect(problems.isOnlyMissing, "\(problems)")
  }

  @Test func whatIsSetWinsOverWhatIsStored() throws {
    let plan = try Fixture.plan(set: [("wan", "7ms")])
    let again = try Plan.read(
      Array(plan.json.text().utf8), file: "plan.json", machine: .imaginary,
      vocabulary: Fixture.vocabulary, set: [("wan", "9ms")])
    #expect(again.stack.parameters.first { $0.name == "wan" }?.text == "9ms")
  }
}
