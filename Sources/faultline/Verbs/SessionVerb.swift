import Archive
import Basics
import Experiments
import Glibc
import Harness
import Histories
import Linux
import Verdicts
import YAML

struct SessionVerb: Verb {
  static let name = "session"
  static let summary = "Write what was done by hand as an experiment."
  static let usage = "export RUN [--output FILE] [--budget 5m]"
  static let options: [Option] = [
    Option(name: "output", value: "FILE", summary: "Where to; standard output by default."),
    Option(name: "budget", value: "10m", summary: "The time that reading may take; 5m by default."),
    .memory,
  ]
  static let notes = """
    RUN is the folder that 'down' names. faultline session export RUN > experiments/mine.yaml
    Times are rounded to tenths of a second, targets are as they were said, and each failover that clients felt
    is a bound: twice what was seen, and a second. Only what was seen to have taken effect is in it.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let words = arguments.operands
    guard words.count == 2, words[0] == "export" else {
      throw UsageError("'session' takes export and a run's folder: faultline session export RUN")
    }
    let folder = RunFolder(path: words[1])
    let plan = try Plan.read(try StoredRun.planText(words[1]), file: folder.plan)
    guard plan.isByHand else {
      throw UsageError("\(words[1]) was no session by hand; its experiment is \(plan.file)")
    }
    let history = try History.stored(
      at: words[1], within: CheckBudget(arguments, usual: "5m"))
    let text = try SessionExport(plan: plan, history: history, steps: try folder.handSteps()).text()
    if let file = arguments.value("output") {
      try Files.write(text, to: file)
    } else {
      show(text, terminator: "")
    }
    return .valid
  }
}
