public import Basics
public import Links

/// What the fabric is to do to the packets that go certain ways, under a name.
public struct Policy: Hashable, Sendable {
  /// Unique among the run's policies.
  public var name: String
  /// The ways it is about, from end to end: a packet on any of them is impaired, whether the two are
  /// neighbours or routers pass it on.
  public var paths: [Path]
  public var impairment: Impairment
  /// Only packets of this kind; nil: all.
  public var kind: PacketKind?

  /// A policy does nothing until a cluster is told to `impair` with it.
  public init(
    name: String, paths: [Path], impairment: Impairment, kind: PacketKind? = nil
  ) {
    self.name = name
    self.paths = paths
    self.impairment = impairment
    self.kind = kind
  }
}

/// What went through a policy since it was put in place, all its paths together: of those packets only that it
/// is about.
public struct PolicyTraffic: Hashable, Sendable {
  /// Packets it dropped.
  public var dropped: Int
  /// Packets it let pass, those it held included once they left.
  public var passed: Int
  /// Of those that passed: which were held for a time first.
  public var waited = 0
  /// Copies that were made.
  public var duplicated = 0
  /// Held back so that later ones might overtake them.
  public var reordered = 0
  /// In which a bit was flipped.
  public var corrupted = 0
  /// Of those that were dropped: because they were too large.
  public var tooLarge = 0
  /// Of those that were dropped: because the queue before a bound was full.
  public var queueFull = 0
  /// Of those that were dropped: because something else was sent in their place.
  public var replaced = 0
  /// Bytes of the packets that passed, and how long it has been.
  public var passedBytes = 0
  /// Since the policy was put in place.
  public var length: Duration = .zero
  /// The shortest time a passed packet spent between arriving at the fabric and leaving it, since any policy last
  /// changed there; nil when none passed or none was timed.
  public var shortestHold: Duration?
  /// What became of the harness' own probes, a pair of nodes each way.
  public var probes: [ProbedWay]
  /// The TCP connections that were open on its ways when a policy that resets them was put in place, and how many of
  /// these are still established, by the nodes' own kernels; nil for any other policy.
  public var connections: ConnectionsLeft?
  /// What became of the harness' own questions to DNS servers; empty where none are asked.
  public var asked: [AskedWay] = []

  /// Unless told otherwise no packet was timed and no probe sent.
  public init(
    dropped: Int, passed: Int, shortestHold: Duration? = nil, probes: [ProbedWay] = []
  ) {
    self.dropped = dropped
    self.passed = passed
    self.shortestHold = shortestHold
    self.probes = probes
  }
}

/// What became of TCP connections that were open.
public struct ConnectionsLeft: Hashable, Sendable {
  /// How many were open.
  public var before: Int
  /// How many of these are still established.
  public var left: Int

  /// The caller promises no more left than there were.
  public init(before: Int, left: Int) {
    self.before = before
    self.left = left
  }
}

/// What became of the probes sent from one node to another, through their real interfaces, while a
/// policy was in place.
public struct ProbedWay: Hashable, Sendable {
  /// The node that sends the probes.
  public var source: NodeID
  /// The node that the probes are for.
  public var target: NodeID
  /// A probe arrived just before the policy was put in place.
  public var wasOpen: Bool
  /// Probes that arrived since.
  public var arrived: Int
  /// Probes that did not arrive in their time.
  public var lost: Int
  /// The median of the times that those which arrived were under way; nil when none did. A single
  /// probe may be stamped late, and then its way looks shorter than it was.
  public var typical: Duration?
  /// The time that a tenth of those which arrived took at most; nil when none did.
  public var low: Duration?
  /// The time that nine tenths of those which arrived took at most; nil when none did.
  public var high: Duration?
  /// How long the probe was under way that arrived just before the policy was put in place; nil where none did.
  public var before: Duration?
  /// Copies of probes that arrived besides.
  public var copies = 0
  /// Probes that arrived before one that was sent earlier.
  public var overtaking = 0
  /// Probes in whose stead a reset of TCP arrived at either end.
  public var resets = 0
  /// Large probes that arrived, of 1,400 bytes; nil where none were sent.
  public var largeArrived: Int?

  /// Unless told otherwise no probe has arrived or been lost since.
  public init(
    source: NodeID, target: NodeID, wasOpen: Bool, arrived: Int = 0, lost: Int = 0,
    typical: Duration? = nil
  ) {
    self.source = source
    self.target = target
    self.wasOpen = wasOpen
    self.arrived = arrived
    self.lost = lost
    self.typical = typical
  }

  /// `from a to b`.
  public var words: String { "from \(source) to \(target)" }
}
