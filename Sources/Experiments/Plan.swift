public import Basics
public import Checking
public import Faults
public import Stacks
public import Workloads
public import YAML

/// Everything a run will do, decided before anything is started: the same files, settings, seed
/// and machine give the same plan.
public struct Plan: Sendable {
  public var seed: UInt64
  /// The path the experiment was read from.
  public var file: String
  public var title: String
  public var description: String
  public var tags: [String]
  public var stack: ResolvedStack
  /// In the order written.
  public var workloads: [WorkloadPlan]
  public var steadyState: SteadyState
  /// Sorted by time; ids are dense from 1.
  public var schedule: [Step]
  public var settle: Settle
  public var capture: Capture
  /// How often the run is repeated.
  public var repeats: Int
  public var invariants: [Invariant]
  public var expectation: Expectation
  /// What is allowed but probably not meant; one sentence each.
  public var warnings: [Problem]
  /// What it was made of; planning them again gives this plan.
  public var origin: Origin

  /// When the last fault is healed or the last action taken, counted from the steady state.
  public var methodLength: Duration {
    schedule.map { max($0.at, $0.healing.time ?? $0.at) }.max() ?? .zero
  }
}

/// Traffic that a client role sends to a service.
public struct WorkloadPlan: Sendable {
  public var name: String
  /// `set`, `unique-ids`, `http`.
  public var kind: String
  public var service: ResolvedStack.Service
  /// Requests per second, all clients together.
  public var rate: Double
  /// How many client processes, dealt out to `nodes` in turn.
  public var clients: Int
  /// Where the clients are; never empty.
  public var nodes: [NodeID]
  public var timeout: Duration
  /// The kind's own settings, validated; files that they name are seen from the project's folder.
  public var settings: Settings
  /// Tells its elements from those of the other workloads.
  public var mark: ElementMark
}

/// Traffic without errors for `holds`, to be reached within `within`.
public struct SteadyState: Hashable, Sendable {
  public var holds: Duration
  public var within: Duration
}

/// After everything is healed: traffic good again for `holds`.
public struct Settle: Hashable, Sendable {
  public var holds: Duration
  public var within: Duration
}

/// Which packets are kept.
public struct Capture: Hashable, Sendable {
  public enum Segment: Hashable, Sendable {
    case none
    /// The interfaces of the nodes that run workloads.
    case clients
    /// All of a network of the stack.
    case network(String)
  }

  public var segment: Segment
  /// Whole packets rather than headers.
  public var isFull: Bool
}

/// A property that must hold.
public struct Invariant: Sendable {
  /// Unique in the experiment; the checker's name unless a `name` was given.
  public var name: String
  public var checker: String
  /// The workload it judges; nil for one that judges the whole run.
  public var workload: String?
  /// The step it judges by its id; nil for all.
  public var fault: Int?
  /// The checker's own settings, validated; holds `workload` and `fault` too where the checker's
  /// schema names them.
  public var settings: Settings
  /// What it judges by.
  public var feed: Feed
  /// Judged although nobody wrote it; why, in a few words.
  public var unasked: String?
  public var mark: Mark
}

/// What a plan was made of.
public struct Origin: Sendable {
  /// The text of every file that was read, by path.
  public var sources: [String: String]
  /// What was found in every folder that was listed.
  public var folders: [String: [String]]
  /// `--set` in the order given.
  public var set: [Setting]
  public var binFolder: String
  /// What the machine answered when asked for a binary: its path, or nil.
  public var binaries: [String: String?]

  public struct Setting: Hashable, Sendable {
    public var key: String
    public var text: String
  }
}
