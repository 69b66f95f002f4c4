public import Basics
public import Links
public import Packets

/// Somebody spoke about an address on the wire, seen as the frame came in, whatever became of it.
public struct NeighbourEvent: Hashable, Sendable {
  /// When the switch had read the frame.
  public let at: Instant
  /// The node whose interface sent it.
  public let node: NodeID
  /// The segment it was sent in.
  public let segment: SegmentID
  /// What was said.
  public let packet: NeighbourPacket

  /// The address that the sender says it holds; nil in a probe, which says only that it wants one.
  public var claimed: IPAddress? { packet.claimed }
}

/// What nodes on a segment say to each other about addresses.
public enum NeighbourPacket: Hashable, Sendable {
  /// About addresses of IPv4.
  case arp(ARPPacket)
  /// About addresses of IPv6.
  case ndp(NDPPacket)

  /// Nil for a frame of anything else.
  init?(readingFrame frame: RawSpan, type: EtherType) {
    switch type {
    case .arp:
      guard let packet = ARPPacket(readingFrame: frame) else { return nil }
      self = .arp(packet)
    case .ipv6:
      guard NDPPacket.mayBe(frame), let packet = NDPPacket(readingFrame: frame) else { return nil }
      self = .ndp(packet)
    default: return nil
    }
  }

  /// The address that the sender says it holds.
  var claimed: IPAddress? {
    switch self {
    case .arp(let packet): packet.kind == .probe ? nil : IPAddress(packet.senderIP)
    case .ndp(let packet): packet.claimed
    }
  }
}

/// What was heard since the last time, and how many events were lost because nobody asked.
public struct NeighbourEvents: Hashable, Sendable {
  /// In the order in which the switch read them.
  public internal(set) var events: [NeighbourEvent] = []
  /// How many came when 65,536 others were waiting already.
  public internal(set) var lost: UInt64 = 0

  /// How many wait to be asked for at most.
  static let capacity = 65536

  mutating func add(_ event: NeighbourEvent) {
    guard events.count < Self.capacity else { return lost += 1 }
    events.append(event)
  }
}
