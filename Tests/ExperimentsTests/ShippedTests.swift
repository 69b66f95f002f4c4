import Basics
import Experiments
import Harness
import Stacks
import Testing

/// Every experiment that is shipped can be planned, as the command line would.
@Suite struct ShippedTests {
  private static let root = String(
    #filePath.split(separator: "/").dropLast(3).joined(separator: "/"))

  private static var loader: Loader<FolderLibrary> {
    Loader(FolderLibrary(root: "/" + root), machine: .imaginary)
  }

  static let experiments = loader.experimentFiles(in: "experiments")

  @Test(
    .enabled(if: !experiments.isEmpty, "there is no experiment in experiments/ yet"),
    arguments: experiments)
  func everyExperimentIsPlanned(path: String) throws {
    let plan = try Self.loader.experiment(path, seed: 1)
    #expect(plan.warnings.isEmpty, "\(plan.warnings)")
    #expect(!plan.invariants.isEmpty)
    let again = try Plan.read(Array(plan.json.text().utf8), file: "plan.json")
    #expect(again.json == plan.json)
  }

  /// What no experiment shows was never fed by a real run.
  @Test(.enabled(if: !experiments.isEmpty, "there is no experiment in experiments/ yet"))
  func everyCheckerAndEveryWorkloadIsShown() throws {
    let plans = try Self.experiments.map { try Self.loader.experiment($0, seed: 1) }
    let asked = Set(plans.flatMap(\.invariants).filter { $0.unasked == nil }.map(\.checker))
    #expect(Set(Vocabulary.standard.invariants.map(\.name)).subtracting(asked) == [])
    let used = Set(plans.flatMap(\.workloads).map(\.kind))
    #expect(Set(Vocabulary.standard.workloads.map(\.name)).subtracting(used) == [])
  }

  @Test func everyStackAndComponentIsRight() throws {
    let listing = Self.loader.listing()
    for experiment in listing.experiments { #expect(experiment.problem == nil) }
    for component in listing.components { #expect(component.problem == nil) }
    for stack in listing.stacks {
      #expect(stack.problem == nil)
      #expect(throws: Never.self) { try Self.loader.stack(stack.name) }
    }
  }
}
