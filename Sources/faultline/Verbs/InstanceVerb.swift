import Basics
import Experiments
import Harness

/// An operator's step on one server of a stack that is up: the same as `inject` with that step.
protocol InstanceVerb: Verb {}

extension InstanceVerb {
  static var usage: String { "NODE/COMPONENT [--stack NAME] [--json]" }
  static var options: [Option] { [.stack, .liveReports, .json] }
  static var notes: String {
    "It is journalled and confirmed like a step of an experiment. Exit codes: 0 confirmed, 2 refused, 6 done but"
      + "\nnot seen to have taken effect."
  }

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let place = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("'\(name)' takes a node and its component: faultline \(name) web-a/web")
    }
    let parts = place.split(separator: "/", maxSplits: 1).map(String.init)
    var flags = StepFlags(name)
    flags.target = "node=\(parts.first ?? "")"
    flags.component = parts.count > 1 ? parts[1] : nil
    let live = try LiveConnection.open(
      arguments.value("stack"), reports: arguments.value("reports"), toSteer: true)
    return try Injection.run(.flags(flags), .init(), live, isJSON: arguments.has("json"))
  }
}
