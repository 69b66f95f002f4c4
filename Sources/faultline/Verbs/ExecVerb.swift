import Basics
import Glibc
import Harness
import Linux
import YAML

struct ExecVerb: Verb {
  static let name = "exec"
  static let summary = "Run a command in a node of a stack that is up, or of a run under way."
  static let usage = "NODE [--user NAME] [-t|-T] -- COMMAND [ARGUMENT...]"
  static let options: [Option] = [
    Option(
      name: "user", value: "NAME",
      summary: "Run it as that user of the node, by its /etc/passwd; as root by default."),
    Option(
      name: "tty", value: nil,
      summary: "Give the command a terminal, also where there is none here; -t and -it, too.",
      aliases: ["-t", "-it", "-ti"]),
    Option(
      name: "no-tty", value: nil, summary: "Give it none, also where there is one here; -T, too.",
      aliases: ["-T"]),
    .stack, .liveReports, .json,
  ]
  static let notes = """
    A shell in a node: faultline exec db-a -- bash
    As another user of the node, without any of root's power: faultline exec db-a --user nobody -- sh
    With a terminal here the command gets one of its own: Ctrl-C and Ctrl-Z reach it and nothing
    else, and it follows the size of the window.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let node = arguments.operands.first, arguments.operands.count == 1,
      !arguments.rest.isEmpty
    else { throw UsageError("'exec' takes a node and a command: faultline exec NODE -- COMMAND") }
    let wantsTerminal = try wantsTerminal(arguments)
    let user = try user(arguments)
    let live = try LiveConnection.open(
      arguments.value("stack"), reports: arguments.value("reports"))
    if wantsTerminal {
      throw CommandExit(code: try TerminalSession.run(arguments.rest, on: node, as: user, live))
    }
    let request = LiveRequest.exec(.init(arguments.rest, on: node, as: user))
    if arguments.has("json") { return try captured(request, live) }
    let answer = try live.ask(request, files: [0, 1, 2])
    // The command's own exit code is passed on as it is.
    throw CommandExit(code: answer["code"]?.text.flatMap { Int32($0) } ?? 3)
  }

  /// Nil for root.
  private static func user(_ arguments: Arguments) throws(UsageError) -> String? {
    guard let name = arguments.value("user") else { return nil }
    guard !name.isEmpty, !name.contains(where: { $0.isNewline || $0 == ":" }) else {
      throw UsageError("--user takes the name of a user, not '\(name)'")
    }
    return name
  }

  /// A terminal where a person sits at one: what is piped or redirected passes as it is.
  private static func wantsTerminal(_ arguments: Arguments) throws(UsageError) -> Bool {
    if arguments.has("tty"), arguments.has("no-tty") {
      throw UsageError("'exec' takes -t or -T, not both")
    }
    if arguments.has("tty"), arguments.has("json") {
      throw UsageError("'exec' takes -t or --json, not both: a terminal mixes output and errors")
    }
    if arguments.has("no-tty") || arguments.has("json") { return false }
    return arguments.has("tty") || isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
  }
}

extension ExecVerb {
  /// One document instead of the command's own output; the exit code is in it, too.
  private static func captured(
    _ request: LiveRequest, _ live: borrowing LiveConnection
  ) throws -> ExitCode {
    let output = try Descriptor.temporary()
    let errors = try Descriptor.temporary()
    let answer = try live.ask(request, files: [0, output.raw, errors.raw])
    let code = answer["code"]?.text.flatMap { Int32($0) } ?? 3
    let document: JSON = [
      "code": .integer(Int64(code)),
      "output": .string(String(decoding: try output.contents(), as: UTF8.self)),
      "errors": .string(String(decoding: try errors.contents(), as: UTF8.self)),
    ]
    show(document.text())
    throw CommandExit(code: code)
  }
}

/// Not an error: the exit code of a command that was run for the user.
struct CommandExit: Error {
  let code: Int32
}
