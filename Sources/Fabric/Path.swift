public import Basics

/// Which directed pairs of nodes a policy is about: every source with every target.
public struct Path: Hashable, Sendable {
  public let sources: Set<NodeID>
  public let targets: Set<NodeID>
  /// Only in this segment; nil: wherever the two meet.
  public let segment: SegmentID?

  public init(from sources: Set<NodeID>, to targets: Set<NodeID>, segment: SegmentID? = nil) {
    self.sources = sources
    self.targets = targets
    self.segment = segment
  }

  /// Both directions between two groups.
  public static func between(_ one: Set<NodeID>, _ other: Set<NodeID>, segment: SegmentID? = nil)
    -> [Path]
  {
    [Path(from: one, to: other, segment: segment), Path(from: other, to: one, segment: segment)]
  }

  func matches(_ source: Port, _ target: Port) -> Bool {
    sources.contains(source.node) && targets.contains(target.node)
      && (segment == nil || segment == source.segment)
  }
}
