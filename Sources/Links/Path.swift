public import Basics

/// Which directed pairs of nodes a policy is about: every source with every target.
///
/// A pair of a node with itself is never meant: a node's frames to itself cross no link.
public struct Path: Hashable, Sendable {
  /// The nodes whose frames are meant.
  public let sources: Set<NodeID>
  /// The nodes that these frames are on their way to.
  public let targets: Set<NodeID>
  /// Only in this segment; nil: wherever the two meet.
  public let segment: SegmentID?
  /// Only these frames of all that go that way; nil: all.
  public var match: FrameMatch?

  /// One direction: from each of the sources to each of the targets.
  public init(
    from sources: Set<NodeID>, to targets: Set<NodeID>, segment: SegmentID? = nil,
    match: FrameMatch? = nil
  ) {
    self.sources = sources
    self.targets = targets
    self.segment = segment
    self.match = match
  }

  /// Both directions between two groups.
  public static func between(_ one: Set<NodeID>, _ other: Set<NodeID>, segment: SegmentID? = nil)
    -> [Path]
  {
    [Path(from: one, to: other, segment: segment), Path(from: other, to: one, segment: segment)]
  }

  /// Whether frames from one node to another lie on the path, in some segment at least.
  public func covers(_ source: NodeID, _ target: NodeID) -> Bool {
    source != target && sources.contains(source) && targets.contains(target)
  }

  /// Whether frames from one node to another lie on the path where they cross that segment.
  public func covers(_ source: NodeID, _ target: NodeID, in segment: SegmentID) -> Bool {
    covers(source, target) && (self.segment == nil || self.segment == segment)
  }

  /// The directed pairs of nodes on the path, in order.
  public var pairs: [(source: NodeID, target: NodeID)] {
    sources.sorted().flatMap { source in
      targets.sorted().filter { $0 != source }.map { (source: source, target: $0) }
    }
  }
}
