import Basics
import Experiments
import Harness
import Linux
import Reports
import Stacks
import YAML

struct RunVerb: Verb {
  static let name = "run"
  static let summary = "Run experiments and judge what happened."
  static let usage =
    "FILE... [--seed N] [--set KEY=VALUE] [--repeat N] [--step] [--page] [--reports DIR] [--trust] [--json]"
  static let options: [Option] = [
    .seed, .parameter,
    Option(
      name: "repeat", value: "N",
      summary: "So many runs, each with a seed of its own; as the file's 'repeat' says by default."),
    .jobs,
    Option(
      name: "until", value: "invalid", summary: "With --repeat: no more once a run is invalid."),
    .stepped, .page, .listen, .reports, .keep, .share, .trust, .json,
    Option(name: "quiet", value: nil, summary: "Show no progress."),
  ]
  static let notes = """
    Every file is planned before anything is started. Ctrl-C once heals, judges what there is and
    ends with 130; twice ends at once.
    A file may name files of the project and below its own folder, no others and no links, and runs the
    project's components only, unless you --trust it.
    Of many runs the first has the seed, the others draw theirs from it. A violation in one of them is one of
    all, with its rate; the exit code is the worst. What they came to together is in the folder ending in -series.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard !arguments.operands.isEmpty else {
      throw UsageError("'run' needs at least one experiment: faultline run FILE...")
    }
    Repetition.endWithParent()
    let project = try Project.here()
    let requests = try arguments.operands.enumerated().map { index, file in
      try request(file, arguments, project)
    }
    let page = try PageAsked(arguments)
    if page?.takesActs == true {
      throw UsageError(
        "a run follows its experiment, so its page is to be read only: --page; to act on a stack,"
          + " faultline up STACK --page control")
    }
    if let ticket = Ticket.taken() {
      var request = requests[ticket]
      request.options.page = page?.order()
      if page != nil, request.options.page == nil { PageAsked.warnOfNone() }
      return try request.inside(isJSON: arguments.has("json"))
    }
    let settings = try requests.map {
      try SeriesSettings(arguments, "repeat", usual: $0.plan.repeats)
    }
    let isStepped = arguments.has("step")
    if isStepped, settings.contains(where: { $0.count > 1 }) {
      throw UsageError("--step is for one run, and this is many; --repeat 1 makes it one")
    }
    let areMany = zip(requests, settings).contains { request, settings in
      settings.count > 1 || !request.plan.bounds.isEmpty && !isStepped
    }
    if Repetition.own == nil, areMany {
      if page != nil {
        throw UsageError("--page shows one run, and these are many; leave it out, or --repeat 1")
      }
      return try series(requests, settings, arguments)
    }
    let door = try page?.open()
    var codes: [ExitCode] = []
    for (index, request) in requests.enumerated() {
      let code = try request.outside(index, page: door)
      // What must hold over many runs, one that is stepped through cannot show.
      codes.append(isStepped && !request.plan.bounds.isEmpty ? .worst([code, .unknown]) : code)
      if [.interrupted, .terminated].contains(codes.last) { break }
    }
    return ExitCode.worst(codes)
  }

  private static func series(
    _ requests: [SingleRun], _ settings: [SeriesSettings], _ arguments: Arguments
  ) throws -> ExitCode {
    for request in requests { try request.requireMachine() }
    let programs = ChildPrograms()
    try programs.watch()
    var codes: [ExitCode] = []
    for (place, request) in requests.enumerated() where !programs.isOver {
      let seeds = RunSeries.seeds(from: request.plan.seed, count: settings[place].count)
      let common =
        ["run", arguments.operands[place], "--json", "--reports", request.options.reports]
        + arguments.all("set").flatMap { ["--set", $0] }
        + (arguments.value("keep").map { ["--keep", $0] } ?? [])
        + ["trust", "share"].filter(arguments.has).map { "--\($0)" }
      let series = SeriesRun(
        plan: request.plan, options: request.options, settings: settings[place],
        programs: programs, isJSON: arguments.has("json")
      ) { number in
        let seed = "\(seeds[number - 1])"
        return (common + ["--seed", seed], seed)
      }
      codes.append(try series.perform())
    }
    return ExitCode.worst(codes)
  }

  private static func request(
    _ file: String, _ arguments: Arguments, _ project: Project
  ) throws -> SingleRun {
    let seed = try arguments.number("seed") ?? Ticket.seed()
    let settings = try arguments.settings()
    let path = try project.path(of: file)
    let sets = settings.map { " --set \($0.key)=\($0.value)" }.joined()
    var options = RunOptions(
      reports: try project.reports(arguments.value("reports")),
      shares: try Project.shares(),
      command:
        "faultline run \(path) --seed \(seed)\(sets)"
        + ["trust", "step"].filter(arguments.has).map { " --\($0)" }.joined(),
      isQuiet: arguments.has("quiet") || arguments.has("json"),
      followsLinks: arguments.has("trust"))
    options.isShared = arguments.has("share")
    options.isStepped = arguments.has("step")
    options.retention = try arguments.retention()
    let loader = try project.loader(arguments.trust)
    // What is a secret is not known before the plan is.
    let hidden = settings.map { " --set \($0.key)=…" }.joined()
    let unplanned = SkippedRun(
      file: path, stack: loader.stackName(ofExperiment: path) ?? "unknown-stack", seed: seed,
      command: "faultline run \(path) --seed \(seed)\(hidden)")
    let plan: Plan
    let parameters = try arguments.parameters()
    do throws(Problems) {
      plan = try loader.experiment(path, set: parameters, seed: seed)
    } catch {
      if error.isOnlyMissing { unplanned.leave(because: error.description, options) }
      throw error
    }
    options.command = plan.stack.secrets.mask(options.command)
    try arguments.warnOfBareSecrets(of: plan.stack)
    for warning in plan.warnings where Ticket.taken() == nil && !arguments.has("json") {
      standardError("warning: \(warning)\n")
    }
    return SingleRun(plan, options)
  }
}
