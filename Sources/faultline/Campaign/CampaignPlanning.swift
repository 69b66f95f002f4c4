import Basics
import Campaigns
import Experiments
import Harness
import Linux
import Stacks

/// `campaign plan`: from files and settings to the campaign's file. Nothing is started.
struct CampaignPlanning {
  private typealias Setting = CampaignPlan.Setting

  private let arguments: Arguments
  private let files: [String]

  init(_ arguments: Arguments, _ files: [String]) {
    self.arguments = arguments
    self.files = files
  }

  func perform() throws -> ExitCode {
    guard !files.isEmpty else {
      throw UsageError(
        "'campaign plan' needs at least one experiment: faultline campaign plan FILE...")
    }
    let plan = try plan()
    let text = plan.json.text(indented: true) + "\n"
    guard let output = arguments.value("output") else {
      show(text, terminator: "")
      return .valid
    }
    guard !Files.exists(output) else {
      throw UsageError("\(output) is there already; choose another name with --output")
    }
    try Files.write(text, to: output)
    show(
      """
      campaign \(plan.shortID), seed \(plan.seed)
        runs: \(plan.shards.reduce(0) { $0 + $1.runs.count }) of \(plan.experiments.count) experiments
        shards: \(plan.shardCount), numbered from 0
        written: \(output)
        next: faultline campaign run \(output) --shard N
      """)
    return .valid
  }

  private func plan() throws -> CampaignPlan {
    let project = try Project.here()
    let loader = try project.loader(arguments.trust)
    let seed = try arguments.number("seed") ?? Ticket.seed()
    let repeats = try arguments.number("repeat", within: SeriesSettings.most).map { Int($0) }
    let variants = Self.variants(of: try arguments.settings())
    var experiments: [CampaignPlan.Experiment] = []
    var sources: [String: String] = [:]
    for given in files {
      let file = try project.path(of: given)
      if experiments.contains(where: { $0.file == file }) {
        throw UsageError("\(given) is given twice; --repeat N makes more runs of it")
      }
      for settings in variants {
        let planned = try loader.experiment(
          file, set: try Arguments.parameters(settings.map { ($0.key, $0.text) }), seed: seed)
        try Self.refuseBareSecrets(settings, of: planned.stack)
        for warning in planned.warnings { standardError("warning: \(warning)\n") }
        sources.merge(planned.origin.sources) { first, _ in first }
        experiments.append(
          CampaignPlan.Experiment(
            file: file, name: planned.name, title: planned.title, settings: settings,
            repeats: repeats ?? planned.repeats, bounds: planned.bounds))
      }
    }
    return CampaignPlan(
      seed: seed, experiments: experiments, files: CampaignPlan.sources(sources),
      shardCount: try shardCount(runs: experiments.reduce(0) { $0 + $1.repeats }))
  }

  private func shardCount(runs: Int) throws(UsageError) -> Int {
    let most = CampaignPlan.mostShards
    if let count = try arguments.number("shards", within: 1...UInt64(most)) {
      guard count <= runs else {
        throw UsageError("--shards \(count) is more than there are runs, \(runs)")
      }
      return Int(count)
    }
    guard runs <= most else {
      throw UsageError("\(runs) runs are more than \(most) shards; give --shards N for fewer")
    }
    return runs
  }

  /// Every combination of the values of all keys, in the order in which they were given.
  private static func variants(of settings: [(key: String, value: String)]) -> [[Setting]] {
    var keys: [String] = []
    for setting in settings where !keys.contains(setting.key) { keys.append(setting.key) }
    return keys.reduce([[]]) { variants, key in
      variants.flatMap { variant in
        settings.filter { $0.key == key }.map { variant + [Setting(key, $0.value)] }
      }
    }
  }

  /// The campaign's file goes from machine to machine, so no secret stands in it.
  private static func refuseBareSecrets(
    _ settings: [Setting], of stack: ResolvedStack
  ) throws(UsageError) {
    for parameter in stack.parameters where parameter.isSecret {
      guard
        let setting = settings.first(where: {
          $0.key == parameter.name && (!$0.text.hasPrefix("@") || $0.text.hasPrefix("@@"))
        })
      else { continue }
      throw UsageError(
        "the secret '\(setting.key)' would stand in the campaign's file; give it as --set \(setting.key)=@FILE or "
          + "@env:NAME, to be looked up where the shards are made")
    }
  }
}
