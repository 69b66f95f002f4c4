import Basics
import Glibc
import Harness
import Linux
import YAML

struct LogsVerb: Verb {
  static let name = "logs"
  static let summary = "Show what a server of a stack that is up, or of a run under way, writes."
  static let usage = "NODE/COMPONENT [-f] [--lines N] [--stack NAME] [--json]"
  static let options: [Option] = [
    Option(
      name: "follow", value: nil, summary: "Go on as it writes more, until Ctrl-C; -f, too.",
      aliases: ["-f"]),
    Option(
      name: "lines", value: "N", summary: "So many of its last lines; 100 by default; -n, too.",
      aliases: ["-n"]),
    .stack, .liveReports, .json,
  ]
  static let notes =
    "Secrets of the stack are masked here; in the file itself they stand as the server wrote them."

  /// How often a log that is followed is looked at.
  private static let interval = Duration.milliseconds(200)

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let instance = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("'logs' takes a node and its component: faultline logs web-a/web")
    }
    if arguments.has("follow"), arguments.has("json") {
      throw UsageError("'logs' takes -f or --json, not both")
    }
    let lines = try arguments.number("lines") ?? 100
    let live = try LiveConnection.open(
      arguments.value("stack"), reports: arguments.value("reports"))
    let first = try live.text(.log(instance, after: nil, lines: Int(clamping: lines)))
    let answer = try LiveConnection.read(Array(first.utf8))
    guard !arguments.has("json") else {
      show(first)
      return .valid
    }
    show(answer["text"]?.text ?? "", terminator: "")
    fflush(nil)
    if arguments.has("follow") { try follow(instance, from: answer, live) }
    return .valid
  }

  /// Goes on until the stack goes down.
  private static func follow(
    _ instance: String, from first: YAMLNode, _ live: borrowing LiveConnection
  ) throws {
    let clock = RunClock()
    var answer = first
    while live.living.isThere {
      clock.sleep(until: clock.now.advanced(by: interval))
      guard let place = answer["next"]?.text.flatMap({ Int($0) }) else { return }
      do { answer = try live.ask(.log(instance, after: place, lines: nil)) } catch {
        if !live.living.isThere { return }
        throw error
      }
      show(answer["text"]?.text ?? "", terminator: "")
      fflush(nil)
    }
  }
}
