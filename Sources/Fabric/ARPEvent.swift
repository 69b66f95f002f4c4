public import Basics
public import Links
public import Packets

/// Somebody spoke about an address on the wire, seen as the frame came in, whatever became of it.
public struct ARPEvent: Hashable, Sendable {
  /// When the switch had read the frame.
  public let at: Instant
  /// The node whose interface sent it.
  public let node: NodeID
  /// The segment it was sent in.
  public let segment: SegmentID
  /// What was said.
  public let packet: ARPPacket

  /// Whether the sender claims to hold `packet.senderIP`: everything but a probe does.
  public var isClaim: Bool { packet.kind != .probe }
}

/// What was heard since the last time, and how many events were lost because nobody asked.
public struct ARPEvents: Hashable, Sendable {
  /// In the order in which the switch read them.
  public internal(set) var events: [ARPEvent] = []
  /// How many came when 65,536 others were waiting already.
  public internal(set) var lost: UInt64 = 0

  /// How many wait to be asked for at most.
  static let capacity = 65536

  mutating func add(_ event: ARPEvent) {
    guard events.count < Self.capacity else { return lost += 1 }
    events.append(event)
  }
}
