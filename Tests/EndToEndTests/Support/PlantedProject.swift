import Foundation
import Testing

/// A project of its own with the services of `Fixtures`, each with a planted fault, and one
/// experiment on them.
struct PlantedProject {
  let project: SmallProject
  let stack: String

  /// - Parameters:
  ///   - stack: one of `Fixtures/stacks`.
  ///   - workload: a line of YAML, as are the step and each invariant.
  ///   - rest: more keys of the experiment.
  init(
    _ stack: String, workload: String, method: String, invariants: [String],
    settle: String = "{for: 1s, within: 5s}", rest: String = ""
  ) throws {
    self.stack = stack
    project = try SmallProject(
      experiment: """
        title: A planted fault
        description: A service that does not keep its promise, or one that does.
        stack: \(stack)
        workloads:
          \(workload)
        steady-state: {for: 1s, within: 15s}
        method:
          - \(method)
        settle: \(settle)
        invariants:
        \(invariants.map { "  - " + $0 }.joined(separator: "\n"))
        \(rest)
        """)
    for folder in ["components", "stacks"] { try copy(folder) }
  }

  private func copy(_ folder: String) throws {
    let here = Machine.root + "/Tests/EndToEndTests/Fixtures/" + folder
    for name in try FileManager.default.contentsOfDirectory(atPath: here) {
      try FileManager.default.copyItem(
        atPath: here + "/" + name, toPath: project.folder + "/fixtures/\(folder)/\(name)")
    }
  }

  /// The folder of the newest run.
  var newest: String { project.folder + "/reports/\(stack)/small/latest" }

  /// Runs it to its end.
  func run() throws -> (ended: Program.Ended, result: RunResult) {
    let ended = try project.run()
    return (ended, try result())
  }

  func result() throws -> RunResult { try RunResult.read(newest) }

  /// What planning says of it.
  func plan() throws -> Program.Ended {
    try project.faultline("plan", "experiments/small.yaml")
  }
}
