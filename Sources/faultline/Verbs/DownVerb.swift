import Basics
import Glibc
import Harness
import Linux
import YAML

struct DownVerb: Verb {
  static let name = "down"
  static let summary = "Take a stack down that is up: heal, judge, report."
  static let usage = "[STACK] [--json]"
  static let options: [Option] = [.liveReports, .json]
  static let notes = """
    The exit code is the verdict's where the stack had traffic, else 0. While it settles, another 'down'
    makes it stop at once.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let live = try LiveConnection.open(
      arguments.operands.first, reports: arguments.value("reports"), toSteer: true)
    let living = live.living
    let name = live.name
    let answer = try live.ask(.down)
    let clock = RunClock()
    let isDown = clock.wait(within: .seconds(20), unless: StopFlag()) {
      !living.isThere
    }
    guard isDown else { throw HarnessError.other("\(name) is still going down after 20 s") }
    let code = answer["code"]?.text.flatMap { Int32($0) } ?? 0
    let document: JSON = [
      "down": .string(name), "folder": .string(living.folder), "code": .integer(Int64(code)),
      "verdict": .optional(answer["verdict"]?.text) { .string($0) },
    ]
    if arguments.has("json") {
      show(document.text())
    } else {
      if let summary = answer["summary"]?.text { show(summary) }
      show("\(name) is down; all of it is in \(living.folder)")
    }
    return ExitCode(rawValue: code) ?? .harness
  }
}
