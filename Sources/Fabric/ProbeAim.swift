public import Basics
public import Links
public import Packets

/// From where to where probes are sent, and as what.
public struct ProbeAim: Hashable, Sendable {
  /// What is sent.
  public enum Body: Hashable, Sendable {
    /// A frame that nobody else uses, in every segment that the two share.
    case frame(in: SegmentID?)
    /// A frame of ARP, in every segment that the two share.
    case arp
    /// A neighbour solicitation between these addresses, in every segment that the two share.
    case solicitation(ProbePacket)
    /// A packet that the sender's kernel routes, and every router on its way.
    case packet(ProbePacket)
  }

  /// The node that sends.
  public let source: NodeID
  /// The node where it must arrive, on whatever interface.
  public let target: NodeID
  /// What is sent.
  public let body: Body

  /// Probes from one node to another.
  public init(from source: NodeID, to target: NodeID, as body: Body) {
    self.source = source
    self.target = target
    self.body = body
  }
}
