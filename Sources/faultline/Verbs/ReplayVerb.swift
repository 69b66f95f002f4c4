import Basics
import Experiments
import Harness
import Linux
import Reports
import YAML

struct ReplayVerb: Verb {
  static let name = "replay"
  static let summary =
    "Run a stored run again, as it was planned, and say how often it fails alike."
  static let usage =
    "RUN [--times N] [--jobs J] [--until invalid] [--step] [--set KEY=VALUE] [--json]"
  static let options: [Option] = [
    Option(name: "times", value: "N", summary: "How often; once by default."), .jobs,
    Option(name: "until", value: "invalid", summary: "No more once a run is invalid."),
    Option(
      name: "set", value: "KEY=VALUE",
      summary: "Give a secret again, which is not stored: KEY=@FILE or @env:NAME."),
    .stepped, .reports, .share, .trust, .json,
    Option(name: "quiet", value: nil, summary: "Show no progress."),
  ]
  static let notes = """
    RUN is a run's folder. What it was planned from (the experiment, its stack, the components' files and the
    seed) is in its plan.json and is used as it was; programs are this machine's. How real processes
    interleave is not repeated, so the same failure comes back with a rate, which is measured. What is missing
    on this machine ends with 7. The components of a folder outside the project are code: that takes --trust.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let given = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("'replay' takes one run's folder: faultline replay RUN")
    }
    Repetition.endWithParent()
    let settings = try SeriesSettings(arguments, "times", usual: 1)
    if arguments.has("step"), settings.count > 1 {
      throw UsageError("--step is for one run; leave --times out")
    }
    let stored = try StoredRun(given)
    let project = try Project.here()
    let options = try options(stored, arguments, project)
    try stored.requireTrust(arguments, project, reports: options.reports)
    let plan = try stored.plan(arguments)
    let single = SingleRun(plan, options)
    if Ticket.taken() != nil { return try single.inside(isJSON: arguments.has("json")) }
    if Repetition.own != nil || options.isStepped { return try single.outside(0) }
    try arguments.warnOfBareSecrets(of: plan.stack)
    try single.requireMachine()
    let programs = ChildPrograms()
    try programs.watch()
    let words = words(again: stored.path, arguments, reports: options.reports)
    let series = SeriesRun(
      plan: plan, options: options, settings: settings, programs: programs,
      isJSON: arguments.has("json"), original: stored.result
    ) { _ in (words, "\(plan.seed)") }
    return try series.perform()
  }

  /// What makes one run of it.
  static func words(again path: String, _ arguments: Arguments, reports: String) -> [String] {
    ["replay", path, "--json", "--reports", reports]
      + arguments.all("set").flatMap { ["--set", $0] }
      + ["trust", "share"].filter(arguments.has).map { "--\($0)" }
  }

  private static func options(
    _ stored: StoredRun, _ arguments: Arguments, _ project: Project
  ) throws -> RunOptions {
    var options = RunOptions(
      reports: try project.reports(arguments.value("reports")), shares: try Project.shares(),
      command: "faultline replay \(stored.path)",
      isQuiet: arguments.has("quiet") || arguments.has("json"),
      followsLinks: arguments.has("trust"))
    options.isShared = arguments.has("share")
    options.isStepped = arguments.has("step")
    return options
  }
}
