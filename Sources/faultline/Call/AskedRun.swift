import Basics
import Experiments
import Harness
import Linux
import Reports
import Stacks
import YAML

/// An experiment that a call of `run` was asked for: planned, or refused.
struct AskedRun: Sendable {
  /// The place of its file on the command line.
  let place: Int
  /// As the project names it.
  let file: String
  let state: State

  enum State: Sendable {
    case planned(SingleRun, SeriesSettings)
    case refused(RefusedRun)
  }

  /// Whether it is many runs, or one that must be judged as many are.
  func isSeries(whenStepped isStepped: Bool) -> Bool {
    guard case .planned(let single, let settings) = state else { return false }
    return settings.count > 1 || !single.plan.bounds.isEmpty && !isStepped
  }
}

/// A run that cannot be begun, with what is said of it.
struct RefusedRun: Sendable {
  let record: RunRecord
  /// Where it left its reports; nil where it left none.
  let folder: String?

  /// What `--json` prints.
  var document: JSON {
    folder.map { record.json.adding("folder", .string($0)) } ?? record.json
  }

  /// One sentence on standard error.
  func complain() {
    standardError("faultline: \(record.secrets.mask(record.trouble ?? ""))\n")
  }
}

extension AskedRun {
  /// Plans what the command line asks for; what is wrong with one file is its own affair.
  ///
  /// - Throws: what is wrong with the command line itself.
  static func all(
    _ arguments: Arguments, _ settings: CallSettings, _ project: Project
  ) throws -> [AskedRun] {
    try arguments.operands.enumerated().compactMap { place, file in
      try AskedRun(file, at: place, arguments, settings, project)
    }
  }

  /// Nil where it belongs to another shard.
  init?(
    _ file: String, at place: Int, _ arguments: Arguments, _ call: CallSettings, _ project: Project
  ) throws {
    self.place = place
    let order = try RunOrder(file, arguments, project)
    self.file = order.path
    func numbers(_ count: Int, areOne: Bool) -> [Int] {
      call.shard?.numbers(of: count, at: place, areOne: areOne) ?? Array(1...count)
    }
    switch order.plan {
    case .success(let plan):
      var settings = try SeriesSettings(arguments, "repeat", usual: plan.repeats)
      settings.numbers = numbers(settings.count, areOne: !plan.bounds.isEmpty)
      if settings.numbers.isEmpty { return nil }
      try order.warn(of: plan)
      state = .planned(SingleRun(plan, order.options(for: plan)), settings)
    case .failure(let problems):
      let asked = order.loader.repeats(ofExperiment: order.path)
      let count = try SeriesSettings(arguments, "repeat", usual: asked.count).count
      if numbers(count, areOne: asked.areBound).isEmpty { return nil }
      state = .refused(order.refuse(problems))
    }
  }
}

/// One file of the command line, with what the options say of it.
struct RunOrder {
  let path: String
  let loader: Loader<FolderLibrary>
  private let arguments: Arguments
  private let seed: UInt64
  private let parameters: [(key: String, value: String)]
  private let settings: [(key: String, value: String)]
  private let base: RunOptions

  init(_ file: String, _ arguments: Arguments, _ project: Project) throws {
    self.arguments = arguments
    path = try project.path(of: file)
    loader = try project.loader(arguments.trust)
    seed = try arguments.number("seed") ?? Ticket.seed()
    settings = try arguments.settings()
    parameters = try arguments.parameters()
    var options = RunOptions(
      reports: try project.reports(arguments.value("reports")), shares: try Project.shares(),
      command: "", isQuiet: arguments.has("quiet") || arguments.has("json"),
      followsLinks: arguments.has("trust"))
    options.isShared = arguments.has("share")
    options.isStepped = arguments.has("step")
    options.retention = try arguments.retention()
    options.repetition = Repetition.own?.text
    base = options
  }

  /// Made each time it is asked for.
  var plan: Result<Plan, Problems> {
    Result { () throws(Problems) in
      try loader.experiment(path, set: parameters.map { ($0.key, $0.value) }, seed: seed)
    }
  }

  func options(for plan: Plan) -> RunOptions {
    let sets = settings.map { " --set \($0.key)=\($0.value)" }.joined()
    var options = base
    options.command = plan.stack.secrets.mask(
      "faultline run \(path) --seed \(seed)\(sets)"
        + ["trust", "step"].filter(arguments.has).map { " --\($0)" }.joined())
    return options
  }

  /// Says what is allowed but probably not meant.
  func warn(of plan: Plan) throws {
    try arguments.warnOfBareSecrets(of: plan.stack)
    for warning in plan.warnings where Ticket.taken() == nil && !arguments.has("json") {
      standardError("warning: \(warning)\n")
    }
  }

  /// Values that the command line does not show: they are as secret as any while nobody knows which parameters are.
  private var handed: Secrets {
    Secrets(
      zip(settings, parameters).filter { $0.value.hasPrefix("@") && $0.value != $1.value }
        .map(\.1.value))
  }

  /// What is wrong with a file is said; what only this machine lacks leaves a folder, too, for the file is right.
  func refuse(_ problems: Problems) -> RefusedRun {
    // What is a secret is not known before the plan is.
    let hidden = settings.map { " --set \($0.key)=…" }.joined()
    let skipped = SkippedRun(
      file: path, stack: loader.stackName(ofExperiment: path) ?? "unknown-stack", seed: seed,
      command: "faultline run \(path) --seed \(seed)\(hidden)", set: settings.map(\.key),
      repetition: base.repetition)
    var record = skipped.record(
      because: problems.description, problems.isOnlyMissing ? .capability : .usage,
      problems: problems)
    record.secrets = handed
    let folder =
      problems.isOnlyMissing
      ? try? skipped.write(record, in: base.reports, isShared: base.isShared) : nil
    return RefusedRun(record: record, folder: folder?.path)
  }
}
