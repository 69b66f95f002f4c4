public import Basics
public import Links

/// Which frames a capture keeps, and how much of each.
public struct CaptureFilter: Hashable, Sendable {
  /// Only frames sent in these segments; nil: in all.
  public var segments: Set<SegmentID>?
  /// Only frames sent by these nodes; nil: by all.
  public var nodes: Set<NodeID>?
  /// Whether whole frames are kept, with finished checksums; else headers only, and checksums may
  /// be those of a frame that was still to be finished.
  public var keepsPayload: Bool
  /// Whether the run's own probes (see `PathProbes`) are kept as well.
  public var keepsProbes: Bool

  /// Keeps the headers of every frame but the run's own probes, unless it is told otherwise.
  public init(
    segments: Set<SegmentID>? = nil, nodes: Set<NodeID>? = nil, keepsPayload: Bool = false,
    keepsProbes: Bool = false
  ) {
    self.segments = segments
    self.nodes = nodes
    self.keepsPayload = keepsPayload
    self.keepsProbes = keepsProbes
  }

  func isWanted(node: NodeID, segment: SegmentID) -> Bool {
    segments?.contains(segment) != false && nodes?.contains(node) != false
  }
}
