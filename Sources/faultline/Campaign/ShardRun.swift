import Basics
import Campaigns
import Experiments
import Glibc
import Harness
import Linux
import Reports

/// `campaign run`: makes the runs of one shard, each a process of its own, one after the other. Its file `shard.json` is
/// written when all are over; until then the shard is lost.
struct ShardRun {
  private let arguments: Arguments
  private let file: String
  private let project: Project
  private let plan: CampaignPlan
  private let shard: CampaignPlan.Shard
  private let folder: CampaignFolder

  init(_ arguments: Arguments, campaign file: String) throws {
    self.arguments = arguments
    self.file = file
    // Each run is told; here it is only looked at, before anything is begun.
    _ = try arguments.retention()
    plan = try CampaignPlan.read(file)
    shard = try ShardChoice.shard(arguments, of: plan, in: file)
    project = try Project.here()
    folder = CampaignFolder(path: try project.reports(ofCampaign: plan, arguments))
  }

  private var isQuiet: Bool { arguments.has("quiet") || arguments.has("json") }

  func perform() throws -> ExitCode {
    if let exit = try madeBefore() { return exit }
    let experiments = Set(shard.runs.map(\.experiment)).sorted()
    for place in experiments { try check(plan.experiments[place]) }
    let programs = ChildPrograms()
    try programs.watch()
    let beginning = ShardBeginning(
      campaign: plan.id, shard: shard.number, host: Self.host, began: Self.now)
    let attempt = try AttemptFolder.begin(
      beginning, of: plan, in: folder, isShared: arguments.has("share"))
    if !isQuiet {
      show("shard \(shard.number) of campaign \(plan.shortID)\n  \(attempt.path)")
      fflush(nil)
    }
    var made: [ShardResult.Made] = []
    for run in shard.runs {
      guard let next = try make(run, in: attempt, by: programs) else { break }
      made.append(next)
    }
    if let signal = programs.signal { return ExitCode(rawValue: 128 + signal) ?? .interrupted }
    guard made.count == shard.runs.count else {
      return Faultline.complain("a run could not be started; the shard is not done", .harness)
    }
    let result = ShardResult(
      campaign: plan.id, shard: shard.number, host: beginning.host, began: beginning.began,
      finished: Self.now, runs: made)
    try attempt.write(ShardResult.file, result.json.text(indented: true) + "\n")
    return say(result, at: attempt.path)
  }

  /// How the shard ended when it was made already: a task that is begun again has nothing to do then.
  private func madeBefore() throws -> ExitCode? {
    let merge = CampaignMerge(
      plan.keeping([shard.number]), try folder.attempts(at: shard.number, of: plan))
    try merge.refuseForeign(file)
    guard let done = merge.shards.first?.counted else { return nil }
    if !isQuiet { show("shard \(shard.number) is done already: \(done.place)") }
    return say(done.result, at: done.place)
  }

  /// The experiment must be what was planned, and this machine able to run it, or nothing is begun.
  private func check(_ experiment: CampaignPlan.Experiment) throws {
    let planned = try project.loader(arguments.trust).experiment(
      experiment.file,
      set: try Arguments.parameters(experiment.settings.map { ($0.key, $0.text) }),
      seed: plan.seed)
    if let change = plan.change(in: planned.origin.sources) {
      throw UsageError(
        "\(change), so its runs would not belong together; take the project as it was, or plan the campaign again"
      )
    }
    if let obstacle = Doctor().obstacle(to: planned) {
      throw CapabilityError(message: "shard \(shard.number) cannot be made here: \(obstacle)")
    }
  }

  /// - Returns: nil where this program was told to end, or could start nothing.
  private func make(
    _ run: CampaignPlan.Run, in attempt: AttemptFolder, by programs: ChildPrograms
  ) throws -> ShardResult.Made? {
    let experiment = plan.experiments[run.experiment]
    let words =
      [
        "run", project.place(of: experiment.file), "--json", "--reports", attempt.runs, "--seed",
        "\(run.seed)",
      ]
      + experiment.settings.flatMap { ["--set", "\($0.key)=\($0.text)"] }
      + (arguments.value("keep").map { ["--keep", $0] } ?? [])
      + ["trust", "share"].filter(arguments.has).map { "--\($0)" }
    let repetition = Repetition(number: run.number, count: experiment.repeats)
    let done = RunSeries.Run(
      made: words, by: programs, as: repetition, seed: "\(run.seed)", in: attempt.path)
    guard let done, !programs.isOver else { return nil }
    // Nothing was begun, so there is nothing to count: the shard is as good as lost, and may be made elsewhere.
    let said = done.trouble ?? "the run of \(experiment.file) was not begun"
    let trouble = said.hasPrefix("faultline: ") ? String(said.dropFirst(11)) : said
    if done.exitCode == ExitCode.capability.rawValue { throw CapabilityError(message: trouble) }
    if done.exitCode == ExitCode.usage.rawValue { throw UsageError(trouble) }
    if !isQuiet {
      show("  \(experiment.label)")
      print(Closing.text(done, of: experiment.repeats))
      fflush(nil)
    }
    guard done.folder.hasPrefix(attempt.path + "/") else {
      return .init(run, exitCode: done.exitCode, trouble: done.trouble, folder: "", hash: "")
    }
    return .init(
      run, exitCode: done.exitCode, trouble: done.trouble,
      folder: String(done.folder.dropFirst(attempt.path.count + 1)),
      hash: CampaignPlan.hash(of: try Files.read(done.folder + "/result.json")))
  }

  private func say(_ result: ShardResult, at place: String) -> ExitCode {
    if arguments.has("json") { show(result.json.adding("folder", .string(place)).text()) }
    return result.exit
  }

  private static var host: String {
    let name = (try? Files.read("/proc/sys/kernel/hostname")) ?? ""
    return String(name.prefix { $0 != "\n" })
  }

  private static var now: String { WallClock.text(WallClock.nanoseconds) }
}

extension Project {
  /// Where the shards of a campaign leave what they did.
  func reports(ofCampaign plan: CampaignPlan, _ arguments: Arguments) throws(Errno) -> String {
    if arguments.has("reports") { return try reports(arguments.value("reports")) }
    return try reports(nil) + "/campaigns/\(plan.shortID)"
  }
}

extension CampaignMerge {
  /// - Throws: `UsageError` where an attempt is of another campaign: what came of both would be no evidence for either.
  func refuseForeign(_ file: String) throws(UsageError) {
    guard let first = foreign.first else { return }
    throw UsageError(
      "\(first.place) is of campaign \(first.campaign.prefix(12)), and \(file) is of \(plan.shortID); "
        + "give each campaign a folder of its own")
  }
}
