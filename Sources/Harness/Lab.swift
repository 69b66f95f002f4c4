import Basics
import Clocks
import Durability
import Fabric
import Faults
import Histories
import Linux
import Nodes
import Stacks
import Synchronization

/// A stack that is up: its nodes, the network between them, its processes, and what may be done
/// to them. Everything in it may be used from any thread.
final class Lab: Sendable {
  let stack: ResolvedStack
  let clock: RunClock
  let recorder: Recorder
  let folder: RunFolder
  let space: RunSpace
  let fabric: Switch
  /// Sees whether frames get through between two nodes.
  let probes: PathProbes
  let nodes: [NodeID: Node]
  let supervisor: Supervisor
  /// The clocks that faults have moved.
  let clocks: ClockKeeper
  /// Nil where every node has plain folders.
  let disks: Disks?
  let seed: UInt64
  /// What those who ask from outside are told.
  let state: RunState
  /// What they are given less of.
  let squeezes = Squeezes()
  /// The clients, once they run.
  let traffic = Handover<LiveTraffic>()
  /// What only the acts on the stack change.
  let ledger = Mutex(Ledger())

  struct Ledger: Sendable {
    var withoutPower: Set<NodeID> = []
    /// The nodes that stand by.
    var spares: Set<NodeID> = []
    /// What instances were replaced by.
    var releases: [InstanceID: Release] = [:]
    /// When each instance was started, in order.
    var starts: [InstanceID: [Instant]] = [:]
    /// What becomes of those that are started, where it is not the usual.
    var startings: [InstanceID: Starting] = [:]
    /// How commands ended that steps ran, by step and node.
    var outcomes: [String: CommandOutcome] = [:]
    var policies: [String: PolicyMark] = [:]
    var losses: [NodeID: DiskLosses] = [:]
    var damages: [String: DamageMark] = [:]
    var flips: [String: FlipMark] = [:]
  }

  /// A policy on the fabric and the counters at the moment it was put there.
  struct PolicyMark: Sendable {
    let policy: Policy
    let routes: PolicyRoutes
    let before: FabricCounters
    let prober: WayProber
    /// Nil where the policy is not about names.
    let asker: NameAsker?
    /// Nil where the policy does not reset connections.
    let connections: OpenConnections?
  }

  /// A damage of a disk.
  struct DamageMark: Sendable {
    let damage: DiskDamage
    let prober: DiskProber
  }

  init(
    _ stack: ResolvedStack, space: RunSpace, fabric: Switch, probes: PathProbes,
    nodes: [NodeID: Node],
    recorder: Recorder, clock: RunClock, folder: RunFolder, state: RunState, disks: Disks? = nil,
    seed: UInt64 = 0
  ) {
    self.disks = disks
    self.seed = seed
    self.stack = stack
    self.space = space
    self.fabric = fabric
    self.probes = probes
    self.nodes = nodes
    self.recorder = recorder
    self.clock = clock
    self.folder = folder
    self.state = state
    let supervisor = Supervisor { [recorder, clock, state] in
      Self.noteEnd($0, recorder, clock, state)
    }
    self.supervisor = supervisor
    clocks = ClockKeeper { try supervisor.processes($0) }
    ledger.withLock { $0.spares = Set(stack.nodes.filter(\.isSpare).map(\.id)) }
    space.onNodeLoss { [recorder, clock] node, exit in
      recorder.record(
        .note(about: node.text, "\(node) was lost: its first process \(exit)"),
        at: clock.instant(exit.at))
    }
  }

  /// Throws where a node was lost, and with it everything that ran there: what was seen since says
  /// nothing about the stack.
  func requireWhole() throws {
    try disks?.requireServed()
    for (name, node) in nodes.sorted(by: { $0.key < $1.key }) {
      if let loss = node.loss { throw NodesError.nodeIsLost(name, loss) }
    }
  }

  /// An end that nobody asked for is not hidden, nor what may have caused it.
  private static func noteEnd(
    _ end: ComponentExit, _ recorder: Recorder, _ clock: RunClock, _ state: RunState
  ) {
    let time = clock.instant(end.exit.at)
    recorder.record(.process(end.instance, .ended(end.exit.description)), at: time)
    guard !end.wasOrdered else { return }
    let seconds = Decimal.trimmed(Instant.start.duration(to: time).seconds, decimals: 1)
    let active = state.snapshot.faults.sorted { $0.key < $1.key }.map { "'\($0.value)'" }
    let meanwhile = active.isEmpty ? "" : ", while \(active.joined(separator: ", ")) was active"
    recorder.record(
      .note(
        about: end.instance.description,
        "\(end.instance) died on its own: \(end.exit), at \(seconds) s\(meanwhile)"), at: time)
  }

  func node(_ id: NodeID) throws(FaultError) -> Node {
    guard let node = nodes[id] else { throw FaultError("find \(id)", "no such node is up") }
    return node
  }

  /// An instance as it is now, redeployed or not.
  func instance(_ id: InstanceID) throws(FaultError) -> Instance {
    let release = ledger.withLock { $0.releases[id] }
    let instance = release.map { stack.instance(id, of: $0) } ?? stack.instance(id)
    guard let instance else {
      throw FaultError("find \(id)", "no such instance is in the stack")
    }
    return instance
  }
}
