internal import Basics
public import Checking
internal import Reports

/// Runs of several experiments, shared out over machines that know nothing of each other: which runs there are, with
/// their seeds, and which shard has which. The same files, settings, seed and number of shards give the same plan.
public struct CampaignPlan: Hashable, Sendable {
  /// Of the files that are written; a file of a later version is refused.
  public static let version = 1
  /// How many shards a campaign may have: as many as an Indexed Job of Kubernetes may have indices.
  public static let mostShards = 100_000

  /// What everything random of all runs follows from.
  public let seed: UInt64
  /// In the order in which they were given; one for each combination of settings.
  public let experiments: [Experiment]
  /// Everything that was read to plan them, sorted by path.
  public let files: [Source]
  /// How many shards the whole campaign has.
  public let shardCount: Int
  /// The shards of this list, in order; all of them, or those that are to be made again.
  public let numbers: [Int]
  /// What names the campaign wherever its results are: a hash of everything that its runs follow from. A list of some of
  /// its shards has the name of the whole.
  public let id: String
  private let dealt: [Shard]

  /// An experiment with what is set of it.
  public struct Experiment: Hashable, Sendable {
    /// As the project names it.
    public let file: String
    /// As its reports are filed.
    public let name: String
    /// A few words for a person.
    public let title: String
    /// `--set key=value`, in order. A secret stands as `@FILE` or `@env:NAME`.
    public let settings: [Setting]
    /// How often it is run.
    public let repeats: Int
    /// What must hold over all of its runs.
    public let bounds: [DistributionBound]

    /// The caller promises at least one run.
    public init(
      file: String, name: String, title: String, settings: [Setting], repeats: Int,
      bounds: [DistributionBound]
    ) {
      self.file = file
      self.name = name
      self.title = title
      self.settings = settings
      self.repeats = repeats
      self.bounds = bounds
    }

    /// Tells it from the same experiment with other settings: `01-leader-dies (wan-delay=20ms)`.
    public var label: String {
      let set = settings.map { "\($0.key)=\($0.text)" }.joined(separator: ", ")
      return set.isEmpty ? name : "\(name) (\(set))"
    }
  }

  /// A parameter of a stack, and what it is set to.
  public struct Setting: Hashable, Sendable {
    /// Its name.
    public let key: String
    /// As it stood on the command line.
    public let text: String

    /// `key=text`.
    public init(_ key: String, _ text: String) {
      self.key = key
      self.text = text
    }
  }

  /// A file, and what it held.
  public struct Source: Hashable, Sendable {
    /// As the project names it.
    public let path: String
    /// SHA-256 of what it held, in hexadecimal digits.
    public let hash: String

    /// Both as they are.
    public init(path: String, hash: String) {
      self.path = path
      self.hash = hash
    }
  }

  /// One run.
  public struct Run: Hashable, Sendable {
    /// The place of its experiment among all, from 0.
    public let experiment: Int
    /// Its place among the runs of that experiment, from 1.
    public let number: Int
    /// What everything random of it follows from.
    public let seed: UInt64
  }

  /// What one task makes.
  public struct Shard: Hashable, Sendable {
    /// From 0, as arrays and indices of jobs are counted.
    public let number: Int
    /// In the order in which they are made.
    public let runs: [Run]
  }

  /// The caller promises at least one experiment, at least one shard, and no more shards than runs.
  ///
  /// - Parameter numbers: the shards of this list; nil: all.
  public init(
    seed: UInt64, experiments: [Experiment], files: [Source], shardCount: Int,
    numbers: [Int]? = nil
  ) {
    self.seed = seed
    self.experiments = experiments
    self.files = files.sorted { $0.path < $1.path }
    self.shardCount = shardCount
    self.numbers = numbers?.sorted() ?? Array(0..<shardCount)
    id = Self.hash(of: Self.core(seed, experiments, self.files, shardCount).text())
    dealt = Self.deal(experiments, seed, shardCount)
  }

  /// Runs are dealt out like cards, so that experiments that take long are spread over all shards. Each experiment has
  /// the seeds that `run --repeat` would give it.
  private static func deal(
    _ experiments: [Experiment], _ seed: UInt64, _ count: Int
  ) -> [Shard] {
    var hands = Array(repeating: [Run](), count: count)
    var next = 0
    for (place, experiment) in experiments.enumerated() {
      for (index, seed) in RunSeries.seeds(from: seed, count: experiment.repeats).enumerated() {
        hands[next % count].append(Run(experiment: place, number: index + 1, seed: seed))
        next += 1
      }
    }
    return hands.enumerated().map { Shard(number: $0.offset, runs: $0.element) }
  }

  /// The shards of this list.
  public var shards: [Shard] { numbers.map { dealt[$0] } }

  /// The shard of that number, in this list or not; nil where the whole campaign has none.
  public func shard(_ number: Int) -> Shard? {
    dealt.indices.contains(number) ? dealt[number] : nil
  }

  /// The same campaign with only these of its shards: their numbers, runs and seeds are as they were.
  public func keeping(_ numbers: [Int]) -> CampaignPlan {
    CampaignPlan(
      seed: seed, experiments: experiments, files: files, shardCount: shardCount, numbers: numbers)
  }

  /// Whether some of the campaign's shards are not in this list.
  public var isPart: Bool { numbers.count < shardCount }
}

extension CampaignPlan {
  /// What is not what it was when the campaign was planned, in a sentence; nil where nothing differs.
  ///
  /// - Parameter sources: what was read to plan an experiment of it now, by path.
  public func change(in sources: [String: String]) -> String? {
    let known = Dictionary(
      files.map { ($0.path, $0.hash) }, uniquingKeysWith: { first, _ in first })
    for (path, text) in sources.sorted(by: { $0.key < $1.key }) {
      guard let hash = known[path] else {
        return "\(path) was not there when the campaign was planned"
      }
      if hash != Self.hash(of: text) {
        return "\(path) is not what it was when the campaign was planned"
      }
    }
    return nil
  }

  /// SHA-256 of a text as UTF-8, in hexadecimal digits.
  public static func hash(of text: String) -> String { SHA256.hex(Array(text.utf8)) }

  /// One source for each path.
  public static func sources(_ texts: [String: String]) -> [Source] {
    texts.map { Source(path: $0.key, hash: hash(of: $0.value)) }.sorted { $0.path < $1.path }
  }
}
