import Basics
import Harness
import YAML

struct StepVerb: Verb {
  static let name = "step"
  static let summary = "Let the next step of a run's method begin, where they wait (run --step)."
  static let usage = "[--run NAME] [--json]"
  static let options: [Option] = [
    Option(name: "run", value: "NAME", summary: "Which run, where several are under way."),
    .liveReports, .json,
  ]
  static let notes = """
    faultline run FILE --step waits before each step; Enter at its own terminal does the same as this. The method's
    time stands still meanwhile: what is active stays so, traffic goes on, and 'exec', 'logs', 'capture' and
    'status' show what it does. Exit codes: 0 a step begins, 2 none waits.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard arguments.operands.isEmpty else {
      throw UsageError("'step' takes no operand; --run NAME chooses where several are under way")
    }
    let live = try LiveConnection.open(
      arguments.value("run"), reports: arguments.value("reports"))
    let text = try live.text(.step)
    let step = try LiveConnection.read(Array(text.utf8))["begins"]?.text ?? ""
    show(arguments.has("json") ? text : "begins: \(step)")
    return .valid
  }
}
