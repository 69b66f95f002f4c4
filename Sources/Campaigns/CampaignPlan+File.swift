public import Basics
internal import Checking

/// What is wrong with a campaign's file: a sentence with a remedy.
public struct CampaignError: Error, Hashable, CustomStringConvertible {
  /// The sentence, without the file's name.
  public let message: String

  init(_ message: String) { self.message = message }

  public var description: String { message }
}

extension CampaignPlan {
  /// Enough of `id` for a person and for names of folders.
  public var shortID: String { String(id.prefix(12)) }

  /// Everything that the runs follow from.
  static func core(
    _ seed: UInt64, _ experiments: [Experiment], _ files: [Source], _ shardCount: Int
  ) -> JSON {
    [
      "version": .integer(Self.version), "seed": .string("\(seed)"),
      "shardCount": .integer(shardCount), "experiments": .array(experiments.map(\.json)),
      "files": .array(
        files.map { ["path": .string($0.path), "sha256": .string($0.hash)] as JSON }),
    ]
  }

  /// The campaign's file.
  public var json: JSON {
    let core = Self.core(seed, experiments, files, shardCount)
    guard case .object(let members) = core else { return core }
    return .object(
      [JSON.Member("campaign", .string(id))] + members
        + [JSON.Member("shards", .array(shards.map(\.json)))])
  }

  /// Reads a campaign's file. What it lists must be what follows from its seed and experiments.
  public init(reading text: String) throws(CampaignError) {
    let document: JSON
    do throws(JSON.ReadingError) { document = try JSON(reading: text) } catch {
      throw CampaignError(
        "it is no campaign's file: at byte \(error.offset), \(error.message); "
          + "faultline campaign plan writes one")
    }
    guard let id = document["campaign"]?.text, let version = document["version"]?.whole else {
      throw CampaignError("it is no campaign's file; faultline campaign plan writes one")
    }
    guard version == Self.version else {
      throw CampaignError(
        "it is of version \(version), and this program reads version \(Self.version); use the faultline that wrote it, "
          + "or plan the campaign again")
    }
    guard let plan = Self.parts(of: document) else {
      throw CampaignError("it is not whole; plan the campaign again")
    }
    self = plan
    guard self.id == id, JSON.array(shards.map(\.json)) == document["shards"] else {
      throw CampaignError(
        "it was changed after it was written: what it lists does not follow from its seed and its experiments; "
          + "plan the campaign again")
    }
  }

  /// More than a person would plan, and little enough that a hostile file costs nothing.
  private static let mostRuns = 1_000_000

  private static func parts(of document: JSON) -> CampaignPlan? {
    guard let seed = document["seed"]?.text.flatMap({ UInt64($0) }),
      let count = document["shardCount"]?.whole, (1...mostShards).contains(count)
    else { return nil }
    let listed = document["experiments"]?.elements ?? []
    let experiments = listed.compactMap(Experiment.init)
    let files = (document["files"]?.elements ?? []).compactMap { item -> Source? in
      guard let path = item["path"]?.text, let hash = item["sha256"]?.text else { return nil }
      return Source(path: path, hash: hash)
    }
    let numbers = (document["shards"]?.elements ?? []).compactMap { $0["shard"]?.whole }
    let runs = experiments.reduce(0) { $0 + $1.repeats }
    guard !experiments.isEmpty, experiments.count == listed.count, count <= runs, runs <= mostRuns,
      !numbers.isEmpty, numbers.allSatisfy((0..<count).contains),
      zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    return CampaignPlan(
      seed: seed, experiments: experiments, files: files, shardCount: count, numbers: numbers)
  }
}

extension CampaignPlan.Shard {
  fileprivate var json: JSON { ["shard": .integer(number), "runs": .array(runs.map(\.json))] }
}

extension CampaignPlan.Run {
  var json: JSON {
    [
      "experiment": .integer(experiment), "run": .integer(number), "seed": .string("\(seed)"),
    ]
  }

  init?(_ item: JSON) {
    guard let experiment = item["experiment"]?.whole, let number = item["run"]?.whole,
      let seed = item["seed"]?.text.flatMap({ UInt64($0) })
    else { return nil }
    self.init(experiment: experiment, number: number, seed: seed)
  }
}

extension CampaignPlan.Experiment {
  fileprivate var json: JSON {
    [
      "file": .string(file), "name": .string(name), "title": .string(title),
      "set": .array(
        settings.map { ["key": .string($0.key), "text": .string($0.text)] as JSON }),
      "repeat": .integer(repeats),
      "bounds": .array(
        bounds.map { bound in
          [
            "invariant": .string(bound.invariant), "part": .string(bound.part),
            "quantile": .number(bound.quantile), "confidence": .number(bound.confidence),
            "mostNanoseconds": .integer(bound.most.nanoseconds),
          ] as JSON
        }),
    ]
  }

  fileprivate init?(_ item: JSON) {
    guard let file = item["file"]?.text, !file.hasPrefix("-"), let name = item["name"]?.text,
      let title = item["title"]?.text, let repeats = item["repeat"]?.whole,
      (1...1000).contains(repeats)
    else { return nil }
    self.init(
      file: file, name: name, title: title,
      settings: (item["set"]?.elements ?? []).map {
        CampaignPlan.Setting($0["key"]?.text ?? "", $0["text"]?.text ?? "")
      },
      repeats: repeats,
      bounds: (item["bounds"]?.elements ?? []).compactMap(DistributionBound.init(campaign:)))
  }
}

extension DistributionBound {
  fileprivate init?(campaign item: JSON) {
    func share(_ name: String) -> Double? {
      item[name]?.number.flatMap { $0 > 0 && $0 < 1 ? $0 : nil }
    }
    guard let invariant = item["invariant"]?.text, let part = item["part"]?.text,
      let quantile = share("quantile"), let confidence = share("confidence"),
      let most = item["mostNanoseconds"]?.whole
    else { return nil }
    self.init(
      invariant: invariant, part: part, quantile: quantile, most: .nanoseconds(most),
      confidence: confidence)
  }
}

extension JSON {
  /// A number without a fraction; nil for anything else.
  var whole: Int? { if case .integer(let value) = self { Int(exactly: value) } else { nil } }
}
