import Basics
import Harness
import Linux
import YAML

struct ExecVerb: Verb {
  static let name = "exec"
  static let summary = "Run a command in a node of a stack that is up, or of a run under way."
  static let usage = "NODE -- COMMAND [ARGUMENT...]"
  static let options: [Option] = [.stack, .reports, .json]
  static let notes = "A shell in a node: faultline exec db-a -- bash"

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let node = arguments.operands.first, arguments.operands.count == 1,
      !arguments.rest.isEmpty
    else { throw UsageError("'exec' takes a node and a command: faultline exec NODE -- COMMAND") }
    let reports = try Project.here().reports(arguments.value("reports"))
    let live = try LiveConnection.open(arguments.value("stack"), reports: reports)
    let words = ["exec", node] + arguments.rest
    if arguments.has("json") { return try captured(words, live) }
    let answer = try live.ask(words, files: [0, 1, 2])
    // The command's own exit code is passed on as it is.
    throw CommandExit(code: answer["code"]?.text.flatMap { Int32($0) } ?? 3)
  }
}

extension ExecVerb {
  /// One document instead of the command's own output; the exit code is in it, too.
  private static func captured(
    _ words: [String], _ live: borrowing LiveConnection
  ) throws -> ExitCode {
    let output = try Descriptor.temporary()
    let errors = try Descriptor.temporary()
    let answer = try live.ask(words, files: [0, output.raw, errors.raw])
    let code = answer["code"]?.text.flatMap { Int32($0) } ?? 3
    let document: JSON = [
      "code": .integer(Int64(code)),
      "output": .string(String(decoding: try output.contents(), as: UTF8.self)),
      "errors": .string(String(decoding: try errors.contents(), as: UTF8.self)),
    ]
    print(document.text())
    throw CommandExit(code: code)
  }
}

/// Not an error: the exit code of a command that was run for the user.
struct CommandExit: Error {
  let code: Int32
}
