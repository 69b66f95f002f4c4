import Basics
import Harness
import Linux
import Reports

struct RunVerb: Verb {
  static let name = "run"
  static let summary = "Run experiments and judge what happened."
  static let usage =
    "FILE... [--seed N] [--set KEY=VALUE] [--repeat N] [--jobs J] [--shard I/N] [--timeout 10m] [--step] [--page]"
    + " [--reports DIR] [--junit FILE] [--summary FILE] [--trust] [--json]"
  static let options: [Option] = [
    .seed, .parameter,
    Option(
      name: "repeat", value: "N",
      summary: "So many runs, each with a seed of its own; as the file's 'repeat' says by default."),
    .jobs,
    Option(
      name: "until", value: "invalid", summary: "With --repeat: no more once a run is invalid."),
    .untilSure, .rate, .baseline, .tolerance,
    .shard, .timeout, .totalTimeout, .failFast, .keepGoing,
    .stepped, .page, .listen, .reports, .keep, .junit, .summaryFile, .share, .trust, .json,
    Option(name: "quiet", value: nil, summary: "Show no progress."),
  ]
  static let notes = """
    Every file is planned before anything is started; what is wrong with one does not keep the others from running.
    Ctrl-C once heals, judges what there is and ends with 130; twice ends at once.
    A file may name files of the project and below its own folder, no others and no links, and runs the
    project's components only, unless you --trust it.
    Of many runs the first has the seed, the others draw theirs from it. A violation in one of them is one of
    all, with its rate; the exit code is the worst. What they came to together is in the folder ending in -series.
    All runs of a call are in reports/calls/latest: junit.xml, summary.md, call.json, metrics.prom; they are there
    from its beginning and say then that nothing was begun. Where GITHUB_STEP_SUMMARY names a file the summary is
    appended to it, and with GITHUB_ACTIONS=true what is not valid is marked in its file.
    With --json each run or series prints one document on a line, also where its file is wrong (2) or cannot run here (7).
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard !arguments.operands.isEmpty else {
      throw UsageError("'run' needs at least one experiment: faultline run FILE...")
    }
    Repetition.endWithParent()
    let project = try Project.here()
    let page = try PageAsked(arguments)
    if page?.takesActs == true {
      throw UsageError(
        "a run follows its experiment, so its page is to be read only: --page; to act on a stack,"
          + " faultline up STACK --page control")
    }
    if let place = Ticket.taken() { return try inside(place, page, arguments, project) }
    let settings = try CallSettings(arguments)
    let asked = try AskedRun.all(arguments, settings, project)
    if Repetition.own != nil { return try alone(asked, settings) }
    if arguments.has("step"), asked.contains(where: \.isMany) {
      throw UsageError("--step is for one run, and this is many; --repeat 1 makes it one")
    }
    for one in asked { try one.requireEnough() }
    let baseline = try Baseline(
      arguments, asked, reports: try project.reports(arguments.value("reports")))
    var call = try CallRun(asked, settings, arguments, project)
    let code = try call.perform(page: page)
    return .worst([code] + (baseline.map { [$0.compare(isJSON: settings.isJSON)] } ?? []))
  }

  static func refused(_ words: [String], because error: UsageError) {
    CallRefusal.leave(words, because: error)
  }

  /// In the run's own process.
  private static func inside(
    _ place: Int, _ page: PageAsked?, _ arguments: Arguments, _ project: Project
  ) throws -> ExitCode {
    let order = try RunOrder(arguments.operands[place], arguments, project)
    let plan = try order.plan.get()
    var options = order.options(for: plan)
    options.timeLimit = Ticket.limit
    options.page = page?.order()
    if page != nil, options.page == nil { PageAsked.warnOfNone() }
    return try SingleRun(plan, options).inside(isJSON: arguments.has("json"))
  }

  /// One of many that another process gathers, which keeps the files of all.
  private static func alone(_ asked: [AskedRun], _ settings: CallSettings) throws -> ExitCode {
    let codes = try asked.map { one -> ExitCode in
      switch one.state {
      case .refused(let refused): return refused.told(isJSON: settings.isJSON).exit
      case .planned(let single, _):
        if let refused = single.refusal() { return refused.told(isJSON: settings.isJSON).exit }
        return try single.waited(one.place, limit: settings.timeout).exit
      }
    }
    return ExitCode.worst(codes)
  }
}

extension AskedRun {
  /// Whether it is more than one run.
  fileprivate var isMany: Bool {
    if case .planned(_, let settings) = state { settings.count > 1 } else { false }
  }

  /// Refuses to begin what cannot come to an answer.
  fileprivate func requireEnough() throws(UsageError) {
    if case .planned(let single, let settings) = state {
      try settings.requireEnough(for: single.plan)
    }
  }
}
