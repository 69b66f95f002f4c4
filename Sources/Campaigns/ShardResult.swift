public import Basics

/// What a shard came to: the file that is written last, so that it is there only where everything else is.
public struct ShardResult: Hashable, Sendable {
  /// The name of the file, in the folder of the attempt.
  public static let file = "shard.json"

  /// The `id` of its campaign.
  public let campaign: String
  /// Its number.
  public let shard: Int
  /// The machine that made it.
  public let host: String
  /// When the attempt began, by that machine's clock: ISO 8601.
  public let began: String
  /// When it was over.
  public let finished: String
  /// In the order of the plan.
  public let runs: [Made]

  /// A run, and how it ended.
  public struct Made: Hashable, Sendable {
    /// What was planned.
    public let run: CampaignPlan.Run
    /// As `ExitCode` has it, or what the process ended with.
    public let exitCode: Int32
    /// Why it could not be judged as planned; nil where it was.
    public let trouble: String?
    /// Its folder, seen from that of the attempt; empty where it left none.
    public let folder: String
    /// SHA-256 of its `result.json`; empty where it left none.
    public let hash: String

    /// Everything as it is.
    public init(
      _ run: CampaignPlan.Run, exitCode: Int32, trouble: String?, folder: String, hash: String
    ) {
      self.run = run
      self.exitCode = exitCode
      self.trouble = trouble
      self.folder = folder
      self.hash = hash
    }
  }

  /// Everything as it is.
  public init(
    campaign: String, shard: Int, host: String, began: String, finished: String, runs: [Made]
  ) {
    self.campaign = campaign
    self.shard = shard
    self.host = host
    self.began = began
    self.finished = finished
    self.runs = runs
  }

  /// The worst cause of its runs.
  public var exit: ExitCode { .worst(runs.map { ExitCode(rawValue: $0.exitCode) ?? .harness }) }
}

extension ShardResult {
  /// The file's content.
  public var json: JSON {
    [
      "campaign": .string(campaign), "version": .integer(CampaignPlan.version),
      "shard": .integer(shard), "host": .string(host), "began": .string(began),
      "finished": .string(finished),
      "runs": .array(
        runs.map { made in
          [
            "experiment": .integer(made.run.experiment), "run": .integer(made.run.number),
            "seed": .string("\(made.run.seed)"), "exitCode": .integer(Int64(made.exitCode)),
            "trouble": .optional(made.trouble) { .string($0) }, "folder": .string(made.folder),
            "sha256": .string(made.hash),
          ] as JSON
        }),
    ]
  }

  /// Nil for what is no such file.
  public init?(reading document: JSON) {
    guard let campaign = document["campaign"]?.text, let shard = document["shard"]?.whole,
      let finished = document["finished"]?.text, let listed = document["runs"]?.elements
    else { return nil }
    let runs = listed.compactMap { item -> Made? in
      guard let run = CampaignPlan.Run(item),
        let code = item["exitCode"]?.whole.flatMap({ Int32(exactly: $0) })
      else { return nil }
      return Made(
        run, exitCode: code, trouble: item["trouble"]?.text, folder: item["folder"]?.text ?? "",
        hash: item["sha256"]?.text ?? "")
    }
    guard runs.count == listed.count else { return nil }
    self.init(
      campaign: campaign, shard: shard, host: document["host"]?.text ?? "",
      began: document["began"]?.text ?? "", finished: finished, runs: runs)
  }
}

/// That an attempt was begun: the first file of its folder, so that what was cut short says whose it was.
public struct ShardBeginning: Hashable, Sendable {
  /// The name of the file, in the folder of the attempt.
  public static let file = "begun.json"

  /// The `id` of its campaign.
  public let campaign: String
  /// Its number.
  public let shard: Int
  /// The machine that makes it.
  public let host: String
  /// By that machine's clock: ISO 8601.
  public let began: String

  /// Everything as it is.
  public init(campaign: String, shard: Int, host: String, began: String) {
    self.campaign = campaign
    self.shard = shard
    self.host = host
    self.began = began
  }

  /// The file's content.
  public var json: JSON {
    [
      "campaign": .string(campaign), "shard": .integer(shard), "host": .string(host),
      "began": .string(began),
    ]
  }

  /// Nil for what is no such file.
  public init?(reading document: JSON) {
    guard let campaign = document["campaign"]?.text, let shard = document["shard"]?.whole else {
      return nil
    }
    self.init(
      campaign: campaign, shard: shard, host: document["host"]?.text ?? "",
      began: document["began"]?.text ?? "")
  }
}
