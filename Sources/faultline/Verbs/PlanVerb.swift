import Basics
import Experiments
import Harness

struct PlanVerb: Verb {
  static let name = "plan"
  static let summary = "Print what a run would do, with resolved times; start nothing."
  static let usage = "FILE... [--seed N] [--set KEY=VALUE] [--trust] [--json]"
  static let options: [Option] = [.seed, .parameter, .trust, .json]

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard !arguments.operands.isEmpty else {
      throw UsageError("'plan' needs at least one experiment: faultline plan FILE...")
    }
    let project = try Project.here()
    let seed = try arguments.number("seed") ?? Ticket.seed()
    for file in arguments.operands {
      let plan = try project.loader(arguments.trust).experiment(
        try project.path(of: file), set: try arguments.parameters().map { ($0.key, $0.value) },
        seed: seed)
      try arguments.warnOfBareSecrets(of: plan.stack)
      for warning in plan.warnings { standardError("warning: \(warning)\n") }
      show(arguments.has("json") ? plan.json.text() : plan.text)
    }
    return .valid
  }
}
