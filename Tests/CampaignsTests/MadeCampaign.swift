import Basics
import Campaigns
import Checking

/// Campaigns and folders of shards that no machine made.
enum MadeCampaign {
  static func experiment(
    _ name: String, repeats: Int, settings: [CampaignPlan.Setting] = [],
    bounds: [DistributionBound] = []
  ) -> CampaignPlan.Experiment {
    CampaignPlan.Experiment(
      file: "experiments/s/\(name).yaml", name: name, title: "Title of \(name)",
      settings: settings, repeats: repeats, bounds: bounds)
  }

  /// Two experiments, three times each: six shards.
  static func plan(shards: Int = 6, seed: UInt64 = 7) -> CampaignPlan {
    CampaignPlan(
      seed: seed, experiments: [experiment("one", repeats: 3), experiment("two", repeats: 3)],
      files: CampaignPlan.sources(["experiments/s/one.yaml": "1", "experiments/s/two.yaml": "2"]),
      shardCount: shards)
  }

  /// `result.json` of a run.
  static func result(_ run: CampaignPlan.Run, code: Int32) -> String {
    let verdict = code == 1 ? "invalid" : code == 6 ? "unknown" : "valid"
    return """
      {"exitCode":\(code),"seed":"\(run.seed)","command":"faultline run x --seed \(run.seed)","trouble":null,
       "invariants":[{"name":"no-lost-writes","verdict":"\(verdict)","summary":"s","expectedToFail":false,
        "evidence":[]}],"faults":[],"servers":[]}
      """
  }

  /// What an attempt leaves in its folder.
  ///
  /// - Parameter codes: how its runs end, by their place in the shard; the last goes on.
  static func files(
    of number: Int, _ plan: CampaignPlan, codes: [Int32] = [0], finished: String = "T1"
  ) -> [String: String] {
    guard let shard = plan.shard(number) else { return [:] }
    var files: [String: String] = [:]
    let made = shard.runs.enumerated().map { place, run -> ShardResult.Made in
      let code = codes[min(place, codes.count - 1)]
      let folder = "runs/s/\(run.experiment)/\(run.number)"
      let text = result(run, code: code)
      files["\(folder)/result.json"] = text
      return .init(
        run, exitCode: code, trouble: nil, folder: folder, hash: CampaignPlan.hash(of: text))
    }
    let beginning = ShardBeginning(campaign: plan.id, shard: number, host: "m", began: "T0")
    files[ShardBeginning.file] = beginning.json.text()
    files[ShardResult.file] =
      ShardResult(
        campaign: plan.id, shard: number, host: "m", began: "T0", finished: finished, runs: made
      ).json.text()
    return files
  }

  /// The attempt that such a folder tells of.
  static func attempt(
    _ number: Int, _ plan: CampaignPlan, _ files: [String: String], place: Int = 1
  ) -> ShardAttempt {
    ShardAttempt(
      shard: number, place: "r/shard-\(number)/attempt-\(place)", of: plan, reading: { files[$0] })
  }

  /// One that is whole.
  static func done(
    _ number: Int, _ plan: CampaignPlan, codes: [Int32] = [0], finished: String = "T1",
    place: Int = 1
  ) -> ShardAttempt {
    attempt(
      number, plan, files(of: number, plan, codes: codes, finished: finished), place: place)
  }
}
