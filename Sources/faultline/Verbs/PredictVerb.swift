import Basics
import Experiments
import Harness
import Stacks

struct PredictVerb: Verb {
  static let name = "predict"
  static let summary = "Compute a stack's failover times from its configuration; start nothing."
  static let usage = "STACK [--set KEY=VALUE] [--trust] [--json]"
  static let options: [Option] = [.parameter, .trust, .json]
  static let notes = """
    The formulas are under 'predicts' in the components (faultline explain component). Every report
    of a run has these times beside the measured ones; the invariant as-predicted judges them.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let name = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError(
        "'predict' takes one stack: faultline predict STACK; faultline list names them")
    }
    let project = try Project.here()
    let stack = try project.loader(arguments.trust).stack(
      name.hasSuffix(".yaml") ? try project.path(of: name) : name,
      set: try arguments.parameters().map { ($0.key, $0.value) })
    try arguments.warnOfBareSecrets(of: stack)
    let text =
      arguments.has("json")
      ? JSON.array(stack.predictions.map { $0.json }).text() : text(stack)
    show(stack.secrets.mask(text))
    return .valid
  }

  private static func text(_ stack: ResolvedStack) -> String {
    guard !stack.predictions.isEmpty else {
      return "\(stack.title): nothing is predicted; no component of it has the key 'predicts'"
    }
    let rows = stack.predictions.map {
      ["\($0.instance)", $0.words, $0.rangeText, "after a fault of \($0.struckText)", $0.source]
    }
    let head = ["instance", "waited for", "predicted", "when", "source"]
    return ([stack.title] + Columns.aligned([head] + rows).map { "  " + $0 })
      .joined(separator: "\n")
  }
}

extension Prediction {
  fileprivate var json: JSON {
    [
      "instance": .string(instance.description), "what": .string(words),
      "least": .milliseconds(least), "most": .optional(most) { .milliseconds($0) },
      "after": .strings(struckNodes.map(\.text) + struckInstances.map(\.description)),
      "source": .string(source),
    ]
  }
}
