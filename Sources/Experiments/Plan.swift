public import Basics
public import Bindings
public import Checking
public import Faults
public import Stacks
public import Workloads
public import YAML

/// Everything a run will do, decided before anything is started: the same files, settings, seed
/// and machine give the same plan.
public struct Plan: Sendable {
  /// What everything random of the run follows from.
  public var seed: UInt64
  /// The path the experiment was read from.
  public var file: String
  /// A few words for a person.
  public var title: String
  /// What the experiment is about, for a person; empty when the file has none.
  public var description: String
  /// Words to choose experiments by, in the order written.
  public var tags: [String]
  /// What is brought up and broken.
  public var stack: ResolvedStack
  /// In the order written.
  public var workloads: [WorkloadPlan]
  /// What must be reached before anything is broken.
  public var steadyState: SteadyState
  /// Sorted by time; ids are dense from 1.
  public var schedule: [Step]
  /// What ends the method before its time: everything is healed, and the run cannot be valid.
  public var abortWhen: [Condition]
  /// How the run ends once everything is healed.
  public var settle: Settle
  /// Which packets are kept for a reader.
  public var capture: CaptureSpec
  /// How often the run is repeated.
  public var repeats: Int
  /// What must hold over many runs, besides.
  public var bounds: [DistributionBound]
  /// What is judged: the written ones and those that are asked anyway.
  public var invariants: [Invariant]
  /// Which of the invariants must fail.
  public var expectation: Expectation
  /// What is allowed but probably not meant; one sentence each.
  public var warnings: [Problem]
  /// What it was made of; planning them again gives this plan.
  public var origin: Origin
  /// What is done comes from people while it runs; the schedule is empty.
  public var isByHand = false
  /// Every node with a component stands on a disk of the harness' own, whatever its schedule needs.
  public var hasDisks = false
  /// With more targets no step by hand is done, unless it says how many it may have; nil: however many.
  public var mostTargets: Int?

  /// Nothing is judged: there is no traffic that could show whether the stack kept a promise.
  public var claimsNothing: Bool { isByHand && workloads.isEmpty }

  /// When the last fault is healed or the last action taken, counted from the steady state, at
  /// the latest.
  public var methodLength: Duration { schedule.length }

  /// What the machine must be able to do for its faults and its stack, besides what every run needs.
  public var needs: Set<MachineNeed> {
    var needs = Set(schedule.flatMap { type(of: $0.fault).needs })
    if !diskNodes.isEmpty { needs.insert(.ownDisks) }
    if stack.networks.contains(where: { $0.subnet(of: .v6) != nil }) { needs.insert(.ipv6) }
    return needs
  }
}

extension [Step] {
  /// When the last fault is healed or the last action taken, at the latest.
  var length: Duration { map { $0.end + $0.longestDelay }.max() ?? .zero }
}

/// Traffic that a client role sends to a service.
public struct WorkloadPlan: Sendable {
  /// Unique in the experiment; invariants name it.
  public var name: String
  /// `set`, `unique-ids`, `call`.
  public var kind: String
  /// Where its operations go, and its final reads.
  public var service: ResolvedStack.Service
  /// Operations per second over time, all clients together.
  public var load: Load
  /// How many client processes, dealt out to `nodes` in turn.
  public var clients: Int
  /// Where the clients are; never empty.
  public var nodes: [NodeID]
  /// Whether each client asks the replica in its own site rather than the service.
  public var isNear: Bool
  /// How long a client waits for an answer, and how late it may still start an operation that was due.
  public var timeout: Duration
  /// What its operations carry besides their values; nil for nothing.
  public var filler: Filler?
  /// The kind's own settings, validated.
  public var settings: Settings
  /// How its clients ask.
  public var client: BoundClient
  /// Tells its elements from those of the other workloads.
  public var mark: ElementMark

  /// Whom a client on a node of the stack asks: the URL, and the node that alone answers there, if any.
  public func target(from node: NodeID, in stack: ResolvedStack) -> (url: String, server: NodeID?) {
    guard isNear, let node = stack.node(node),
      let replica = service.replica(near: node, in: stack)
    else { return (service.url, nil) }
    return (replica.url, replica.node)
  }
}

/// A client with its bindings; files that they name are seen from the project's folder.
public struct BoundClient: Sendable {
  /// How operations are asked.
  public var traffic: any ClientBindings
  /// How final reads are asked.
  public var finalReads: any ClientBindings
  /// What was written of both.
  public var settings: ClientSettings

  /// The client's name: `http`.
  public var name: String { type(of: traffic).client }
}

/// Traffic without errors for `holds`, to be reached within `within`.
public struct SteadyState: Hashable, Sendable {
  /// How long traffic must go without an error; 2 s unless the file says otherwise.
  public var holds: Duration
  /// How long that may take to come about; 20 s unless the file says otherwise. Past it the run
  /// ends unjudged, with `ExitCode.steadyState`.
  public var within: Duration
}

/// After everything is healed: traffic good again for `holds`.
public struct Settle: Hashable, Sendable {
  /// How long traffic must be good; 2 s unless the file says otherwise.
  public var holds: Duration
  /// How long that may take to come about; 15 s unless the file says otherwise.
  public var within: Duration
  /// How long nobody asks for anything before the final reads, so that what was acknowledged last can reach replicas
  /// that follow later; none unless the file says otherwise.
  public var quiet: Duration

  /// The caller promises that `holds` is above zero and not longer than `within`.
  public init(holds: Duration, within: Duration, quiet: Duration = .zero) {
    self.holds = holds
    self.within = within
    self.quiet = quiet
  }
}

/// Which packets are kept.
public struct CaptureSpec: Hashable, Sendable {
  /// Where packets are picked up.
  public enum Segment: Hashable, Sendable {
    /// Nothing is kept.
    case none
    /// The interfaces of the nodes that run workloads.
    case clients
    /// All networks of the stack.
    case all
    /// All of a network of the stack.
    case network(String)
  }

  /// Where the kept packets are picked up.
  public var segment: Segment
  /// Whole packets rather than headers.
  public var isFull: Bool
  /// How large a file may grow before the next is begun; `CaptureLimits.usualFileBytes` unless the file says otherwise.
  public var fileBytes = CaptureLimits.usualFileBytes
  /// How many of such files are kept, the newest; `CaptureLimits.usualFiles` unless the file says otherwise.
  public var files: Int
}

/// A property that must hold.
public struct Invariant: Sendable {
  /// Unique in the experiment; the checker's name unless a `name` was given.
  public var name: String
  /// The checker's name in the catalogue.
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
  /// Where it is written, or where the experiment begins when nobody wrote it.
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
  /// The folder of the harness' own binary, `${bin}` in the data, at the time of planning.
  public var binFolder: String
  /// What the machine answered when asked for a binary: its path, or nil.
  public var binaries: [String: String?]

  /// One `--set key=text`.
  public struct Setting: Hashable, Sendable {
    /// The stack parameter that is set.
    public var key: String
    /// Its value as given.
    public var text: String
  }
}
