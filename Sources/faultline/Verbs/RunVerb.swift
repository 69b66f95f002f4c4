import Basics
import Experiments
import Glibc
import Harness
import Linux
import Nodes
import Reports
import Stacks
import YAML

struct RunVerb: Verb {
  static let name = "run"
  static let summary = "Run experiments and judge what happened."
  static let usage = "FILE... [--seed N] [--set KEY=VALUE] [--reports DIR] [--trust] [--json]"
  static let options: [Option] = [
    .seed, .parameter, .reports, .share, .trust, .json,
    Option(name: "quiet", value: nil, summary: "Show no progress."),
  ]
  static let notes = """
    Every file is planned before anything is started. Ctrl-C once heals, judges what there is and
    ends with 130; twice ends at once.
    A file may name files of the project and below its own folder, no others and no links, and runs the
    project's components only, unless you --trust it.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard !arguments.operands.isEmpty else {
      throw UsageError("'run' needs at least one experiment: faultline run FILE...")
    }
    let project = try Project.here()
    let requests = try arguments.operands.enumerated().map { index, file in
      try request(file, index, arguments, project)
    }
    if let ticket = Ticket.taken() { return try inside(requests[ticket], arguments) }
    var codes: [ExitCode] = []
    for (index, request) in requests.enumerated() {
      for _ in 0..<request.plan.repeats {
        codes.append(try outside(request, index))
        if [.interrupted, .terminated].contains(codes.last) { return ExitCode.worst(codes) }
      }
    }
    return ExitCode.worst(codes)
  }

  /// One file to run, planned.
  private struct Request {
    let plan: Plan
    let options: RunOptions
    /// What is left behind when this machine cannot run it.
    let skipped: SkippedRun
  }

  private static func request(
    _ file: String, _ index: Int, _ arguments: Arguments, _ project: Project
  ) throws -> Request {
    let seed = try arguments.number("seed") ?? Ticket.seed()
    let settings = try arguments.settings()
    let path = try project.path(of: file)
    let sets = settings.map { " --set \($0.key)=\($0.value)" }.joined()
    var options = RunOptions(
      reports: try project.reports(arguments.value("reports")),
      shares: try Project.shares(),
      command:
        "faultline run \(path) --seed \(seed)\(sets)\(arguments.has("trust") ? " --trust" : "")",
      isQuiet: arguments.has("quiet") || arguments.has("json"),
      followsLinks: arguments.has("trust"))
    options.isShared = arguments.has("share")
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
      if error.isOnlyMissing { skip(unplanned, because: error.description, options) }
      throw error
    }
    options.command = plan.stack.secrets.mask(options.command)
    let skipped = SkippedRun(
      file: path, stack: plan.stack.name, seed: seed, command: options.command)
    try arguments.warnOfBareSecrets(of: plan.stack)
    for warning in plan.warnings where Ticket.taken() == nil && !arguments.has("json") {
      standardError("warning: \(warning)\n")
    }
    return Request(plan: plan, options: options, skipped: skipped)
  }

  /// Leaves a skipped test behind. Where even that cannot be written, what is missing on this
  /// machine is the one sentence that helps.
  private static func skip(_ run: SkippedRun, because reason: String, _ options: RunOptions) {
    _ = try? run.write(because: reason, in: options.reports, isShared: options.isShared)
  }

  private static func outside(_ request: Request, _ index: Int) throws -> ExitCode {
    if let obstacle = Doctor().obstacle(to: request.plan) {
      skip(request.skipped, because: obstacle, request.options)
      throw CapabilityError(message: obstacle)
    }
    if let obstacle = LiveRegistry(orIn: request.options.reports).obstacle {
      standardError("warning: \(obstacle)\n")
    }
    Ticket.give(index, seed: request.plan.seed)
    let code = try Isolation.run { _ in 0 }
    if let exit = ExitCode(rawValue: code) { return exit }
    let end = code > 128 ? "was killed by signal \(code - 128)" : "ended with code \(code)"
    return Faultline.complain(
      "the run's own process \(end) before it could report; its folder below "
        + "\(request.options.reports) has what was recorded until then", .harness)
  }

  private static func inside(_ request: Request, _ arguments: Arguments) throws -> ExitCode {
    let code = try Isolation.run { space in
      do {
        return try perform(request, in: space, isJSON: arguments.has("json")).rawValue
      } catch {
        return Faultline.complain(error, hiding: request.plan.stack.secrets).rawValue
      }
    }
    return ExitCode(rawValue: code) ?? .harness
  }

  private static func perform(
    _ request: Request, in space: RunSpace, isJSON: Bool
  ) throws -> ExitCode {
    if !isJSON {
      show(
        "\(request.plan.title)\n  seed \(request.plan.seed); again with: \(request.options.command)"
      )
      fflush(nil)
    }
    let run = try ExperimentRun(request.plan, options: request.options, space: space)
    space.onInterrupt { signal, count in
      if count > 1 { _exit(128 + signal) }
      if !isJSON { standardError("\nhealing and judging what there is; again to stop at once\n") }
      run.interrupt(by: signal)
    }
    var record = run.run()
    do throws(Errno) { try run.folder.write(record) } catch {
      record.trouble = record.trouble ?? "the reports cannot be written: \(error)"
      record.exit = .worst([record.exit, .harness])
    }
    if isJSON { show(record.json.text()) } else { print(Closing.text(record, run.folder)) }
    fflush(nil)
    return record.exit
  }
}

/// What is said at the end of a run.
enum Closing {
  /// - Parameter isColoured: nil where it is printed here: as the terminal has it.
  static func text(_ record: RunRecord, _ folder: RunFolder, isColoured: Bool? = nil) -> String {
    let isColoured = isColoured ?? (isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil)
    let palette = isColoured ? Palette.coloured : .plain
    let times = record.timings.map { "\($0.step) \($0.duration.text)" }.joined(separator: ", ")
    var lines = [record.summary(palette: palette)]
    if !times.isEmpty { lines.append(palette.dim("  time: \(times.plainLine)")) }
    lines.append(palette.dim("  again: \(record.secrets.mask(record.command).plainLine)"))
    if Files.exists(folder.report) { lines.append("  report: \(folder.report.plainLine)") }
    return lines.joined(separator: "\n")
  }
}
