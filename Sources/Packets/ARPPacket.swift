public import Basics

/// An address-resolution packet for IPv4 over Ethernet (RFC 826).
public struct ARPPacket: Hashable, Sendable {
  /// What the packet says, in the words of RFC 5227 and RFC 826.
  public enum Kind: String, Hashable, Sendable {
    /// Someone asks who has an address.
    case request
    /// Someone answers for an address.
    case reply
    /// Someone announces an address unasked (sender and target protocol address are equal):
    /// this is how a floating address moves.
    case gratuitous
    /// Someone asks for an address before taking it (the sender's protocol address is zero).
    case probe
  }

  /// Told from the operation and the two protocol addresses.
  public let kind: Kind
  /// The hardware address that the sender claims, which need not be the frame's source.
  public let senderMAC: MAC
  /// Who speaks; zero in a probe.
  public let senderIP: IPv4
  /// Whom it is meant for; without meaning in a request.
  public let targetMAC: MAC
  /// The address that is asked for; in a reply, that of the one who asked.
  public let targetIP: IPv4

  /// Nil when the frame is not ARP for IPv4 over Ethernet, or is neither request nor reply.
  public init?(readingFrame frame: RawSpan) {
    let at = EthernetHeader.byteCount
    guard frame.byteCount >= at + 28, frame.uint16(at: 12) == EtherType.arp.rawValue,
      frame.uint16(at: at) == 1, frame.uint16(at: at + 2) == EtherType.ipv4.rawValue,
      frame.uint16(at: at + 4) == 0x0604
    else { return nil }
    let operation = frame.uint16(at: at + 6)
    guard operation == 1 || operation == 2 else { return nil }
    senderMAC = MAC(reading: frame, at: at + 8)
    senderIP = IPv4(bits: frame.uint32(at: at + 14))
    targetMAC = MAC(reading: frame, at: at + 18)
    targetIP = IPv4(bits: frame.uint32(at: at + 24))
    kind =
      if senderIP == targetIP { .gratuitous } else if operation == 2 {
        .reply
      } else if senderIP.bits == 0 { .probe } else { .request }
  }
}
