public import Basics
public import Links

/// A copy of all counters at one moment, by directed pair of nodes, sorted by name.
public struct FabricCounters: Hashable, Sendable {
  /// One directed pair of nodes, and what became of the frames from the one to the other.
  public struct Pair: Hashable, Sendable {
    /// The sending node.
    public let source: NodeID
    /// The node that the frames were on their way to.
    public let target: NodeID
    /// Taken together over the segments that were asked for.
    public let counters: PairCounters
  }

  /// When the counters were copied.
  public let at: Instant
  /// Every pair that shares, or once shared, a segment that was asked for, with traffic or without.
  public let pairs: [Pair]

  /// Frames too short to be Ethernet, and frames whose target is where they came from.
  public let ignoredFrames: UInt64

  /// What happened to the pairs on these paths, taken together: the evidence for a fault that was
  /// injected there. Segments are told apart by asking for the counters of one.
  public func total(along paths: [Path]) -> PairCounters {
    var total = PairCounters()
    for pair in pairs where paths.contains(where: { $0.covers(pair.source, pair.target) }) {
      total.merge(pair.counters)
    }
    return total
  }

  /// The counters of one directed pair; all zero when the two never met.
  public func counters(from source: NodeID, to target: NodeID) -> PairCounters {
    pairs.first { $0.source == source && $0.target == target }?.counters ?? PairCounters()
  }

  /// Puts together what ports of the same two nodes did in several segments.
  init(_ copy: Copy) {
    var merged: [NodePair: PairCounters] = [:]
    for pair in copy.pairs {
      merged[NodePair(source: pair.source, target: pair.target), default: PairCounters()]
        .merge(pair.counters)
    }
    at = copy.at
    ignoredFrames = copy.ignoredFrames
    pairs = merged.sorted { $0.key < $1.key }.map {
      Pair(source: $0.key.source, target: $0.key.target, counters: $0.value)
    }
  }

  /// The counters as the switch has them, by pair of ports.
  struct Copy: Sendable {
    let at: Instant
    let ignoredFrames: UInt64
    var pairs: [Pair] = []
  }

  private struct NodePair: Hashable, Comparable {
    let source: NodeID
    let target: NodeID

    static func < (a: NodePair, b: NodePair) -> Bool {
      a.source == b.source ? a.target < b.target : a.source < b.source
    }
  }
}
