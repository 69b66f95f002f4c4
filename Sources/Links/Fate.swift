public import Basics

/// What becomes of one frame on a link.
public enum Fate: Hashable, Sendable {
  case dropped(DropReason)
  case delivered(Delivery)
}

/// Why a frame did not arrive.
public enum DropReason: Int, Hashable, Sendable, CaseIterable {
  /// The link was cut, when the frame came or while it was on its way.
  case cut
  /// The link loses frames, and this was one.
  case loss
  /// Larger than what the link lets through.
  case size
  /// The link's rate was exceeded and its queue full.
  case rate
  /// A policy sent something else in its place.
  case replaced
  /// The node at either end was without power or unplugged.
  case down
  /// The receiving interface took no frames: it was down, or gone.
  case refused
  /// The harness itself could hold no more frames: not the network's doing, and a reason to doubt
  /// the run.
  case overflow
}

/// When and how a frame arrives.
public struct Delivery: Hashable, Sendable {
  /// Not before the frame was admitted.
  public let at: Instant
  /// Arrives a second time, right behind itself.
  public let isDuplicated: Bool
  /// Does not keep its place: later frames may arrive before it.
  public let isReordered: Bool
  /// When set, one bit is flipped: this number, modulo how many bits may be.
  public let corruption: UInt64?

  /// An arrival at that moment, once, unharmed and in its place unless it is told otherwise.
  public init(
    at: Instant, isDuplicated: Bool = false, isReordered: Bool = false, corruption: UInt64? = nil
  ) {
    self.at = at
    self.isDuplicated = isDuplicated
    self.isReordered = isReordered
    self.corruption = corruption
  }

  /// Whether the frame arrives once, unharmed and in its place.
  public var isPlain: Bool { !isDuplicated && !isReordered && corruption == nil }
}
