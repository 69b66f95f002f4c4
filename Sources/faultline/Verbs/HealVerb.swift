import Basics
import Harness
import YAML

struct HealVerb: Verb {
  static let name = "heal"
  static let summary = "Heal a fault that was injected by hand, or all of them."
  static let usage = "[ID|all] [--stack NAME] [--json]"
  static let options: [Option] = [.stack, .liveReports, .json]
  static let notes = """
    Without an ID all are healed, the last first. faultline status lists what is active. Exit codes: 0 all
    were seen to be healed, 6 not all.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard arguments.operands.count <= 1 else {
      throw UsageError("'heal' takes the number of one fault, or all: faultline heal 2")
    }
    let word = arguments.operands.first ?? "all"
    let id = Int(word)
    guard id != nil || word == "all" else {
      throw UsageError("'heal' takes the number of a fault, or all, not '\(word)'")
    }
    let live = try LiveConnection.open(
      arguments.value("stack"), reports: arguments.value("reports"), toSteer: true)
    return try HealingRequest.run(.heal(id), live, isJSON: arguments.has("json"))
  }
}

struct HaltVerb: Verb {
  static let name = "halt"
  static let summary = "Heal everything at once and forget what was to come; the stack stays up."
  static let usage = "[--stack NAME] [--json]"
  static let options: [Option] = [.stack, .liveReports, .json]

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard arguments.operands.isEmpty else {
      throw UsageError("'halt' takes no operand; --stack NAME chooses where several are up")
    }
    let live = try LiveConnection.open(
      arguments.value("stack"), reports: arguments.value("reports"), toSteer: true)
    return try HealingRequest.run(.halt, live, isJSON: arguments.has("json"))
  }
}

/// Asks for healing and says what was healed.
private enum HealingRequest {
  static func run(
    _ request: LiveRequest, _ live: borrowing LiveConnection, isJSON: Bool
  ) throws -> ExitCode {
    let text = try live.text(request)
    let healed = try LiveConnection.read(Array(text.utf8))["healed"]?.elements ?? []
    show(isJSON ? text : sentences(healed))
    return healed.allSatisfy { $0["confirmed"]?.text == "true" } ? .valid : .unknown
  }

  private static func sentences(_ healed: [YAMLNode]) -> String {
    guard !healed.isEmpty else { return "nothing is active" }
    return healed.map { one in
      func word(_ key: String) -> String { one[key]?.text ?? "" }
      let isHealed = word("confirmed") == "true"
      return "\(word("id")). \(word("summary")): "
        + (isHealed ? "healed" : "not seen to be healed yet; \(word("sentence"))")
    }.joined(separator: "\n")
  }
}
