internal import Basics

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
