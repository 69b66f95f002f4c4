public import Basics
public import Links

/// What became of the probes from one node to another.
public enum PathProbeAnswer: Hashable, Sendable {
  /// Probes were sent, in every segment that the two share, or by the nodes' routes.
  case probed([PathProbeResult])
  /// The two share no segment (or not the one that was asked for): no frame of the one ever
  /// reaches the other directly, and nothing was sent.
  case noCommonSegment

  /// Every segment's probes; empty where there were none.
  public var results: [PathProbeResult] {
    switch self {
    case .probed(let results): results
    case .noCommonSegment: []
    }
  }
}

/// What became of the probes from one node to another in one segment.
public struct PathProbeResult: Hashable, Sendable {
  /// One probe.
  public struct Probe: Hashable, Sendable {
    /// When the sending node's kernel had taken it. Read after the fact: the time on the way is
    /// never said to be longer than it was.
    public let sent: Instant
    /// When the receiving node's kernel took it in, whole; nil where it did not in time.
    public let arrived: Instant?
    /// Whether the kernel took it at all: it refuses where an interface is down.
    public let isTaken: Bool
    /// How often it arrived besides, while others were still waited for.
    public let copies: Int
    /// Whether resets of TCP arrived in its stead, at the receiver and at the sender.
    public let isReset: Bool

    /// How long it was on its way; nil where it did not arrive.
    public var oneWay: Duration? { arrived.map { max(.zero, sent.duration(to: $0)) } }
  }

  /// The node that sent the probes.
  public let source: NodeID
  /// The node that they were sent to.
  public let target: NodeID
  /// The segment they were sent in; nil for packets, which routers may take through several.
  public let segment: SegmentID?
  /// In the order in which they were sent.
  public let probes: [Probe]
  /// The receiving socket ran over meanwhile: a probe that is missing may have arrived after all,
  /// and its absence proves nothing.
  public let isUnsure: Bool

  /// How many arrived in time.
  public var arrivedCount: Int { probes.count { $0.arrived != nil } }
  /// How many did not, those that the sender's kernel refused included.
  public var missingCount: Int { probes.count - arrivedCount }

  /// How many were answered by resets at both ends.
  public var resetCount: Int { probes.count { $0.isReset } }

  /// Copies that arrived besides.
  public var copyCount: Int { probes.reduce(0) { $0 + $1.copies } }
  /// How many arrived before one that was sent earlier.
  public var overtakingCount: Int {
    var latest: Instant?
    return probes.compactMap(\.arrived).reduce(into: 0) { count, arrived in
      if let latest, arrived < latest { count += 1 }
      latest = max(latest ?? arrived, arrived)
    }
  }

  /// Nothing arrived, and that is certain: what a cut looks like.
  public var isSilent: Bool { arrivedCount == 0 && !isUnsure && !probes.isEmpty }

  /// The shortest time on the way; nil where nothing arrived.
  public var fastest: Duration? { probes.compactMap(\.oneWay).min() }
}
