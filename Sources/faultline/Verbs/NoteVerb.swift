import Basics
import Harness
import YAML

struct NoteVerb: Verb {
  static let name = "note"
  static let summary = "Set a mark in the history of a stack that is up, with a few words."
  static let usage = "\"TEXT\" [--stack NAME] [--json]"
  static let options: [Option] = [.stack, .liveReports, .json]

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard !arguments.operands.isEmpty else {
      throw UsageError("'note' takes words: faultline note \"the phone rang\"")
    }
    let live = try LiveConnection.open(
      arguments.value("stack"), reports: arguments.value("reports"), toSteer: true)
    let text = try live.text(.note(arguments.operands.joined(separator: " ")))
    let answer = try LiveConnection.read(Array(text.utf8))
    show(arguments.has("json") ? text : "noted: \(answer["note"]?.text ?? "")")
    return .valid
  }
}
