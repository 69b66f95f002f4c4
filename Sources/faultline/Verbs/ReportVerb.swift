import Basics
import Experiments
import Harness
import Histories
import Linux
import Reports
import Verdicts

struct ReportVerb: Verb {
  static let name = "report"
  static let summary = "Make the reports of a stored run again, also of one that was killed."
  static let usage = "RUN [--budget 30s] [--memory 2G] [--set KEY=VALUE] [--json]"
  static let options: [Option] = [
    Option(
      name: "budget", value: "30s",
      summary: "The time that reading, and each checker, may take; 30s by default."),
    .memory,
    Option(
      name: "set", value: "KEY=VALUE",
      summary: "Give a secret again, which is not stored: KEY=@FILE or @env:NAME."),
    .json,
  ]
  static let notes = """
    RUN is a run's folder. report.html, junit.xml and result.json are made from its history.sqlite and plan.json and
    take the place of those that are there; what only the run itself could know (versions of servers, where the time
    went, notes, that it failed) is kept from its result.json. The history is judged again, and the worse of the two
    verdicts counts: nothing becomes good by being made again. The report says that it was. A run that was killed left
    no result; its report says so, and ends with 3, or with 1 where what it left is a violation.
    Secrets are not stored: those of the project are masked, and what is missing must be given.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let given = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("'report' takes one run's folder: faultline report RUN")
    }
    let budget = try CheckBudget(arguments)
    let stored = try StoredRun(given)
    let plan = try stored.planWithSecrets(arguments)
    let folder = RunFolder(path: stored.path)
    let history = try History.stored(at: stored.path, within: budget)
    let run = RemadeRun(plan: plan, history: history, result: stored.document, folder: folder)
    let today = WallClock.text(WallClock.nanoseconds).prefix { $0 != "T" }
    let record = run.record(
      by: Judge(budget: budget.start), madeBy: "faultline \(VersionVerb.number) on \(today)")
    do throws(Errno) { try folder.replace(record) } catch {
      return Faultline.complain("the reports cannot be written: \(error)", .harness)
    }
    if arguments.has("json") {
      show(record.json.adding("folder", .string(folder.path)).text())
    } else {
      show(Closing.text(record, folder))
    }
    return record.exit
  }
}
