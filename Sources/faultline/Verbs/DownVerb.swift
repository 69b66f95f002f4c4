import Basics
import Glibc
import Harness
import Linux

struct DownVerb: Verb {
  static let name = "down"
  static let summary = "Take a stack down that is up."
  static let usage = "[STACK] [--json]"
  static let options: [Option] = [.liveReports, .json]

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let live = try LiveConnection.open(
      arguments.operands.first, reports: arguments.value("reports"))
    let living = live.living
    let name = live.name
    _ = try live.ask(["down"])
    let clock = RunClock()
    let isDown = clock.wait(within: .seconds(20), unless: StopFlag()) {
      !living.isThere
    }
    guard isDown else { throw HarnessError.other("\(name) is still going down after 20 s") }
    let document: JSON = ["down": .string(name)]
    show(arguments.has("json") ? document.text() : "\(name) is down")
    return .valid
  }
}
