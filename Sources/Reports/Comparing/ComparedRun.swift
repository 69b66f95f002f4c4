public import Basics

/// One stored run as a comparison sees it: what it came to, and of what.
public struct ComparedRun: Sendable {
  /// What makes two runs alike: the stack, the experiment, and the parameters that were set.
  public struct Variant: Hashable, Sendable {
    /// The stack's name.
    public var stack: String
    /// The experiment's name, as its reports are filed under it.
    public var experiment: String
    /// `key=value`, in the order of the keys.
    public var set: [String]

    /// Parameters may come in any order.
    public init(stack: String, experiment: String, set: [String] = []) {
      self.stack = stack
      self.experiment = experiment
      self.set = set.sorted()
    }

    /// As a person would say it: `stores/01-a-store-dies --set mode=raft`.
    public var text: String {
      "\(stack)/\(experiment)" + set.map { " --set \($0)" }.joined()
    }
  }

  /// What it is a run of.
  public let variant: Variant
  /// Where it is kept.
  public let folder: String
  /// The text of its experiment; nil where the folder does not say.
  public let experiment: String?
  /// The texts of everything else that it was planned from, by path.
  public let sources: [String: String]
  let run: RunSeries.Run
  let workloads: [String: Workload]

  struct Workload: Sendable {
    let availability: Double?
    let milliseconds: [String: Double]
  }

  /// Nil for what are no `result.json` and `plan.json` of one run.
  public init?(result: JSON, plan: JSON, folder: String) {
    guard let run = RunSeries.Run(reading: result, number: 0, folder: folder),
      let variant = Variant(plan: plan, name: result["experiment"]?["name"]?.text)
    else { return nil }
    self.init(variant, run, plan, folder)
  }

  /// A run that left a plan and no result: killed, or broken.
  ///
  /// - Parameter experiment: its name.
  public init?(unfinished plan: JSON, experiment: String, folder: String) {
    guard let variant = Variant(plan: plan, name: experiment) else { return nil }
    let seed = plan["seed"]?.text ?? ""
    let run = RunSeries.Run(
      number: 0, seed: seed, exitCode: ExitCode.harness.rawValue, trouble: "it left no result")
    self.init(variant, run, plan, folder)
  }

  private init(_ variant: Variant, _ run: RunSeries.Run, _ plan: JSON, _ folder: String) {
    self.variant = variant
    self.run = run
    self.folder = folder
    var texts: [String: String] = [:]
    if case .object(let members)? = plan["origin"]?["sources"] {
      for member in members { texts[member.name] = member.value.text }
    }
    experiment = plan["file"]?.text.flatMap { texts.removeValue(forKey: $0) }
    sources = texts
    workloads = run.workloads
  }

  /// A run without its folder: it ended with a code and left nothing, and is one of these.
  public init(silent exitCode: Int32, seed: String, like other: ComparedRun) {
    variant = other.variant
    folder = ""
    experiment = other.experiment
    sources = other.sources
    workloads = [:]
    run = RunSeries.Run(
      number: 0, seed: seed, exitCode: exitCode, trouble: "it left no result")
  }

  /// Whether it was judged, however that came out.
  var isJudged: Bool {
    [ExitCode.valid, .invalid, .unknown].map(\.rawValue).contains(run.exitCode)
  }
}

extension ComparedRun.Variant {
  fileprivate init?(plan: JSON, name: String?) {
    guard let stack = plan["stack"]?["name"]?.text, let name else { return nil }
    let set = (plan["origin"]?["set"]?.elements ?? []).compactMap { setting -> String? in
      guard let key = setting["key"]?.text, let text = setting["text"]?.text else { return nil }
      return "\(key)=\(text)"
    }
    self.init(stack: stack, experiment: name, set: set)
  }
}

extension ComparedRun.Workload {
  init(_ item: JSON) {
    availability = item["availability"]?.number
    guard case .object(let members)? = item["latency"] else {
      milliseconds = [:]
      return
    }
    milliseconds = Dictionary(
      members.compactMap { member in member.value.number.map { (member.name, $0) } },
      uniquingKeysWith: { first, _ in first })
  }
}
