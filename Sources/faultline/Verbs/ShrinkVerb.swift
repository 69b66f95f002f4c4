import Basics
import Experiments
import Harness
import Linux
import Reports
import Shrinking
import YAML

struct ShrinkVerb: Verb {
  static let name = "shrink"
  static let summary = "Look for the smallest experiment that still fails as a stored run did."
  static let usage = "RUN [--for 10m] [--invariant NAME] [--set KEY=VALUE] [--json]"
  static let options: [Option] = [
    Option(name: "for", value: "10m", summary: "How long it may take; 10m by default."),
    Option(
      name: "invariant", value: "NAME",
      summary: "Whose violation is looked for; the first violated one by default."),
    Option(
      name: "set", value: "KEY=VALUE",
      summary: "Give a secret again, which is not stored: KEY=@FILE or @env:NAME."),
    .reports, .trust, .json,
    Option(name: "quiet", value: nil, summary: "Show no progress."),
  ]
  static let notes = """
    First the run's plan is run until it has failed three times in the same way (the same invariant with the same
    kind of evidence), or twenty times in all; then steps, workloads and invariants are left out and durations,
    rates, clients and targets made smaller, as long as it fails about as often. The smallest is run afresh, and
    only that tells its rate. Beside the run's folder, in RUN-shrink, are minimal.yaml and its plan.json, and what
    was answered so far: the same command again goes on where it stopped.
    Exit codes: 1 the failure was seen again (and minimal.yaml written), 6 it was not.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let given = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("'shrink' takes one run's folder: faultline shrink RUN")
    }
    let text = arguments.value("for") ?? "10m"
    guard let budget = Duration(text: text), budget > .zero else {
      throw UsageError("--for takes a duration such as 10m, not '\(text)'")
    }
    let stored = try StoredRun(given)
    let project = try Project.here()
    try stored.requireTrust(
      arguments, project, reports: try project.reports(arguments.value("reports")))
    let plan = try stored.plan(arguments)
    let signature = try signature(of: stored, arguments)
    if let obstacle = Doctor().obstacle(to: plan) { throw CapabilityError(message: obstacle) }
    let programs = ChildPrograms()
    try programs.watch()
    let search = try ShrinkRun(
      plan: plan, stored: stored, signature: signature, budget: budget, programs: programs,
      arguments: arguments)
    return try search.perform()
  }

  private static func signature(
    of stored: StoredRun, _ arguments: Arguments
  ) throws(UsageError) -> FailureSignature {
    guard let result = stored.result else {
      throw UsageError(
        "\(stored.given) has no result.json that can be read, so how it failed is not known")
    }
    let failures = result.failures
    guard let name = arguments.value("invariant") else {
      guard let first = failures.first else {
        throw UsageError(
          "\(stored.given): no invariant was violated, so there is nothing to look for")
      }
      return first
    }
    guard let named = failures.first(where: { $0.invariant == name }) else {
      let known = failures.map(\.invariant)
      let near = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" }
      throw UsageError(
        "'\(name)' was not violated in \(stored.given)"
          + (near ?? (known.isEmpty ? "" : "; " + known.joined(separator: ", ") + " was")))
    }
    return named
  }
}
