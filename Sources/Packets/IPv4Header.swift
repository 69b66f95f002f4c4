public import Basics

/// The header of an IPv4 packet (RFC 791), as far as a switch cares.
public struct IPv4Header: Hashable, Sendable {
  /// Who sent the packet, as it claims itself.
  public let source: IPv4
  /// Whom the packet is for.
  public let target: IPv4
  /// What stands behind this header.
  public let transport: Transport
  /// Bytes of this header, options included: 20 to 60.
  public let byteCount: Int
  /// Bytes of the packet, this header included, as it claims itself.
  public let totalBytes: Int
  /// Whether this is a later piece of a fragmented packet, and so has no ports.
  public let isLaterFragment: Bool

  /// Reads the packet that starts at `offset` of the frame; nil when it is not well formed.
  public init?(reading frame: RawSpan, at offset: Int = EthernetHeader.byteCount) {
    guard frame.byteCount >= offset + 20 else { return nil }
    let first = frame.uint8(at: offset)
    byteCount = Int(first & 15) * 4
    guard first >> 4 == 4, byteCount >= 20, frame.byteCount >= offset + byteCount else {
      return nil
    }
    totalBytes = Int(frame.uint16(at: offset + 2))
    isLaterFragment = frame.uint16(at: offset + 6) & 0x1fff != 0
    transport = Transport(rawValue: frame.uint8(at: offset + 9))
    source = IPv4(bits: frame.uint32(at: offset + 12))
    target = IPv4(bits: frame.uint32(at: offset + 16))
  }
}

/// The protocol above IP (IANA, assigned Internet protocol numbers).
public struct Transport: RawRepresentable, Hashable, Sendable {
  /// The number in the header's protocol field.
  public let rawValue: UInt8

  /// The protocol of that number, known here or not.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Errors and echo (RFC 792).
  public static let icmp = Transport(rawValue: 1)
  /// A stream with acknowledgements (RFC 9293).
  public static let tcp = Transport(rawValue: 6)
  /// Single datagrams (RFC 768).
  public static let udp = Transport(rawValue: 17)
  /// Encapsulating security payload: what an encrypted WAN carries instead of TCP.
  public static let esp = Transport(rawValue: 50)
  /// Errors, echo and neighbour discovery of IPv6 (RFC 4443).
  public static let icmpV6 = Transport(rawValue: 58)
  /// The protocol by which routers agree who holds a floating address (RFC 9568).
  public static let vrrp = Transport(rawValue: 112)
}

/// Which program on either side a TCP or UDP packet belongs to.
public struct Ports: Hashable, Sendable {
  /// The sender's port.
  public let source: UInt16
  /// The receiver's port.
  public let target: UInt16

  /// Nil when the packet has no ports, or they were cut off.
  public init?(
    reading frame: RawSpan, of header: IPv4Header, at offset: Int = EthernetHeader.byteCount
  ) {
    let start = offset + header.byteCount
    guard header.transport == .tcp || header.transport == .udp, !header.isLaterFragment,
      frame.byteCount >= start + 4
    else { return nil }
    source = frame.uint16(at: start)
    target = frame.uint16(at: start + 2)
  }
}
