internal import Basics
internal import CLinux
internal import Links
internal import Linux
internal import Packets

/// Everything the switch's thread works on, and no other thread ever touches.
///
/// Ports are numbers, pairs of ports are numbers (`source * stride + target`), and every table is a
/// flat array: nothing on the path of a frame depends on an order that changes between runs.
struct SwitchCore: ~Copyable {
  let clock: RunClock
  let chance: Chance
  let segments: [SegmentID]
  let buffer = FrameBuffer()

  var ports: [PortState] = []
  var stride = 0
  var links: [Link] = []
  /// Two ledgers of pairs one behind the other: that of the traffic, then that of the probes.
  var counters: [PairCounters] = []
  var policies: [Policy] = []
  /// What the policies did that are about some frames only.
  var ledgers = PolicyLedgers()

  /// The connections that began since a policy was put to work, by its name.
  var begun: [String: BegunFlows] = [:]

  /// What DNS servers answered last.
  var names = NameMemory()
  /// What they had answered when a policy was put to work that goes on with it, by its name.
  var recalled: [String: NameMemory] = [:]

  /// What is listened for in packets.
  var eavesdropper = Eavesdropper()
  /// What passes on the segments where everything should be encrypted, by their place in `segments`.
  var lines: [Int: HeardLine] = [:]

  var addresses = AddressTable()
  var queue = ReleaseQueue()
  var pool: FramePool
  var neighbours = NeighbourEvents()
  var lateness = FrameLateness()
  var heldTooLong = HeldTooLong()
  var ignoredFrames: UInt64 = 0
  var captures: [CaptureSink] = []
  var vanished: [PortName] = []

  init(
    segments: [SegmentID], seed: UInt64, clock: RunClock,
    memoryBytes: Int = Switch.usualMemoryBytes
  ) {
    self.segments = segments
    self.clock = clock
    pool = FramePool(capacityBytes: memoryBytes)
    chance = Chance(seed: seed).stream("fabric")
  }

  /// A port as the data path sees it.
  struct PortState {
    var port: Port?
    let node: NodeID
    let segment: Int
    var descriptor: Int32
    var hasPower = true
    var hasCarrier = true

    /// Whether a frame can come from here or go here at all.
    var isUp: Bool { hasPower && hasCarrier && port != nil }
  }

  /// A policy and where it applies; kept so that ports attached later meet it too.
  struct Policy {
    let name: String
    let paths: [Path]
    let impairment: Impairment

    /// What the policy is about on the way between two ports, plugged in or not; nil: all frames. Empty
    /// where it has nothing to do with it. No frame meets a policy twice.
    func matches(_ source: NodeID, _ target: NodeID, in segment: SegmentID) -> [FrameMatch?] {
      let meant = paths.filter { $0.covers(source, target, in: segment) }.map(\.match)
      if meant.contains(nil) { return [nil] }
      return meant.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
  }

  /// Whether some link may hold frames, so that the thread's timing matters.
  var isHolding: Bool { !queue.isEmpty || links.contains { $0.isHolding } }

  /// Puts a policy to work on the way between two ports; false where it is not about that.
  @discardableResult
  mutating func add(_ policy: Policy, _ source: Int, _ target: Int) -> Bool {
    let matches = policy.matches(
      ports[source].node, ports[target].node, in: segments[ports[source].segment])
    for match in matches {
      let ledger = match == nil ? 0 : ledgers.number(of: policy.name)
      links[pair(source, target)].add(policy.name, policy.impairment, of: match, ledger: ledger)
    }
    return !matches.isEmpty
  }

  func pair(_ source: Int, _ target: Int) -> Int { source * stride + target }

  /// Where a pair's counters are: probes must not be taken for traffic, which they are sent to do
  /// without.
  func entry(_ pair: Int, isProbe: Bool) -> Int { isProbe ? stride * stride + pair : pair }
}
