public import Basics
public import Links

/// Where a node is plugged in.
public struct PortName: Hashable, Sendable {
  /// The node that is plugged in.
  public let node: NodeID
  /// The network it is plugged into.
  public let segment: SegmentID
}

/// One place where a node is plugged in: it owns the TAP.
final class Port: Sendable {
  let node: NodeID
  let segment: SegmentID
  let tap: Tap

  init(node: NodeID, segment: SegmentID, tap: consuming Tap) {
    self.node = node
    self.segment = segment
    self.tap = tap
  }
}
