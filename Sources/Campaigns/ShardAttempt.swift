internal import Basics
public import Reports

/// One attempt at a shard, as its folder tells it. A task that is started again has a folder of its own, so nothing of
/// a torn attempt gets into a whole one.
public struct ShardAttempt: Sendable {
  /// The shard's number, by its folder.
  public let shard: Int
  /// Its folder, for a person.
  public let place: String
  /// What is left of it.
  public let state: State

  /// What an attempt left.
  public enum State: Sendable {
    /// All of it: every run of the shard, in order.
    case whole(ShardResult, [RunSeries.Run])
    /// Something is missing: why, as the end of a sentence.
    case torn(String)
    /// It is of another campaign, of this `id`.
    case foreign(String)
  }

  /// For those who made it up.
  public init(shard: Int, place: String, state: State) {
    self.shard = shard
    self.place = place
    self.state = state
  }

  /// Reads an attempt's folder.
  ///
  /// - Parameter file: what a file of the folder holds; nil where it cannot be had.
  public init(
    shard: Int, place: String, of plan: CampaignPlan, reading file: (String) -> String?
  ) {
    self.init(
      shard: shard, place: place, state: Self.state(shard, place, plan, file))
  }

  private static func state(
    _ shard: Int, _ place: String, _ plan: CampaignPlan, _ file: (String) -> String?
  ) -> State {
    guard let text = file(ShardResult.file) else { return unfinished(plan, file) }
    guard let result = (try? JSON(reading: text)).flatMap(ShardResult.init(reading:)) else {
      return .torn("its \(ShardResult.file) cannot be read")
    }
    guard result.campaign == plan.id else { return .foreign(result.campaign) }
    guard result.shard == shard else {
      return .torn("its \(ShardResult.file) is that of shard \(result.shard)")
    }
    guard result.runs.map(\.run) == plan.shard(shard)?.runs else {
      return .torn("its \(ShardResult.file) has other runs than were planned")
    }
    var runs: [RunSeries.Run] = []
    for made in result.runs {
      switch run(made, place, file) {
      case .success(let run): runs.append(run)
      case .failure(let missing): return .torn(missing.reason)
      }
    }
    return .whole(result, runs)
  }

  private static func unfinished(_ plan: CampaignPlan, _ file: (String) -> String?) -> State {
    let begun = file(ShardBeginning.file).flatMap { try? JSON(reading: $0) }
      .flatMap(ShardBeginning.init(reading:))
    guard let begun else { return .torn("it has neither its beginning nor its end") }
    guard begun.campaign == plan.id else { return .foreign(begun.campaign) }
    return .torn("it was begun at \(begun.began) on \(begun.host) and is not finished")
  }

  private struct Missing: Error {
    let reason: String
  }

  private static func run(
    _ made: ShardResult.Made, _ place: String, _ file: (String) -> String?
  ) -> Result<RunSeries.Run, Missing> {
    if made.folder.isEmpty {
      return .success(
        RunSeries.Run(
          number: made.run.number, seed: "\(made.run.seed)", exitCode: made.exitCode,
          trouble: made.trouble ?? "it left no result"))
    }
    let name = "\(made.folder)/result.json"
    guard let text = file(name) else { return .failure(Missing(reason: "\(name) is missing")) }
    guard CampaignPlan.hash(of: text) == made.hash else {
      return .failure(Missing(reason: "\(name) is not what the shard left there"))
    }
    guard let document = try? JSON(reading: text),
      let run = RunSeries.Run(
        reading: document, number: made.run.number, folder: "\(place)/\(made.folder)"),
      run.exitCode == made.exitCode
    else { return .failure(Missing(reason: "\(name) cannot be read")) }
    return .success(run)
  }
}
