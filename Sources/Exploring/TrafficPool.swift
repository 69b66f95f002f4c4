internal import Basics
internal import Checking
public import Experiments
internal import Faults
public import Stacks
public import YAML

/// What experiments on a stack have to offer to one that is drawn: their workloads, and those of their invariants that
/// hold whatever happens.
public struct TrafficPool: Sendable {
  /// An experiment on the stack, as it is written and as it is planned.
  public struct Source: Sendable {
    /// Where it was read from.
    public let path: String
    /// What is written there.
    public let root: YAMLNode
    /// What it means.
    public let plan: Plan

    /// The caller promises that all three are of the same file.
    public init(path: String, root: YAMLNode, plan: Plan) {
      self.path = path
      self.root = root
      self.plan = plan
    }
  }

  /// A workload with what is asked of it.
  struct Offer: Sendable {
    /// Unique in the pool.
    let name: String
    /// As it is written.
    let node: YAMLNode
    /// Where its operations go.
    let service: String
    /// Operations a second, at least.
    let rate: Double
    /// The checkers that are asked where no invariant judges what it says.
    let natural: [String]
    /// As they are written, under names of their own.
    var invariants: [Asked]
    let steady: SteadyState
    var settle: Settle
    /// Nothing is asked of what it says, only whether it is served again in the end.
    var isMeasured = false

    /// All that judge what it says.
    var checkers: [String] { invariants.isEmpty ? natural : invariants.map(\.checker) }
  }

  /// An invariant of a drawn experiment.
  struct Asked: Sendable {
    let checker: String
    let node: YAMLNode
  }

  /// A fault under which an invariant is known to be violated.
  struct Weakness: Hashable, Sendable {
    let fault: String
    let checker: String
  }

  let offers: [Offer]
  /// Asked of every run, whatever its workloads.
  let runWide: [Asked]
  let weaknesses: Set<Weakness>
  /// The stack as the experiments name it, and the parameters that they have in common.
  let stack: YAMLNode
  let parameters: YAMLNode?
  let roots: [YAMLNode]
  let clients: Set<NodeID>

  /// The faults under which something is known to be violated that every run is asked, each with the checker's name.
  let fatal: [String: String]

  /// How many workloads there are to draw from.
  public var count: Int { offers.count }

  /// - Parameter sources: of one stack with the same parameters; never empty.
  public init(_ sources: [Source], vocabulary: Vocabulary = .standard) {
    precondition(!sources.isEmpty, "a pool is made of one experiment at least")
    var gathering = TrafficGathering(vocabulary: vocabulary)
    for source in sources { gathering.take(source) }
    gathering.finish()
    offers = gathering.offers
    runWide = gathering.runWide
    weaknesses = gathering.weaknesses
    // A path is seen from the file that names it.
    let name = sources[0].root["stack"]?.text ?? sources[0].plan.stack.name
    stack = .drawn(name.hasSuffix(".yaml") ? sources[0].plan.stack.file : name)
    parameters = sources[0].root["with"]
    roots = sources.map(\.root)
    clients = Set(sources.flatMap(\.plan.workloads).flatMap(\.nodes))
    let asked = Set(
      vocabulary.invariants.filter { kind in
        switch kind.unasked {
        case .everyRun, .exclusiveRoles, .secrets: true
        case .never, .whereFed, .whereOffered(_), .whereNothingElse: false
        }
      }.map(\.name))
    fatal = Dictionary(
      gathering.weaknesses.filter { asked.contains($0.checker) }.map { ($0.fault, $0.checker) }
    ) { min($0, $1) }
  }

  /// Of experiments on a stack those that go together and have a workload to offer whose data can be judged: with the
  /// parameters that were asked for, else the largest group that shares some. Where none has, those with any workload;
  /// empty where there is none.
  ///
  /// - Parameter parameters: what the stack's parameters are without any experiment, in words.
  public static func matching(_ sources: [Source], parameters: [String]) -> [Source] {
    let groups = Dictionary(grouping: sources) { $0.plan.stack.shownParameters }
    let others = groups.filter { $0.key != parameters }.values.sorted {
      ($1.count, $0[0].path) < ($0.count, $1[0].path)
    }
    let all = (groups[parameters].map { [$0] } ?? []) + others
    let pools = all.map { TrafficPool($0) }
    let best =
      pools.firstIndex { $0.offers.contains { !$0.isMeasured && !$0.invariants.isEmpty } }
      ?? pools.firstIndex { $0.offers.contains { !$0.isMeasured } }
      ?? pools.firstIndex { !$0.offers.isEmpty }
    return best.map { all[$0] } ?? []
  }
}

extension ResolvedStack {
  /// Every parameter with its value, secrets hidden, in the order declared.
  public var shownParameters: [String] { parameters.map { "\($0.name)=\($0.shownText)" } }
}
