public import Basics

/// The first fourteen bytes of every frame (IEEE 802.3, type interpretation).
public struct EthernetHeader: Hashable, Sendable {
  /// Bytes of the header; what the frame carries begins here.
  public static let byteCount = 14

  /// Whom the frame is for: bytes 0 to 5.
  public let target: MAC
  /// Whose frame it is: bytes 6 to 11.
  public let source: MAC
  /// What it carries: bytes 12 and 13.
  public let type: EtherType

  /// Nil when the frame is too short to have a header.
  @inlinable public init?(reading frame: RawSpan) {
    guard frame.byteCount >= 14 else { return nil }
    target = MAC(reading: frame, at: 0)
    source = MAC(reading: frame, at: 6)
    type = EtherType(rawValue: frame.uint16(at: 12))
  }
}

/// What an Ethernet frame carries (IANA, IEEE 802 numbers).
public struct EtherType: RawRepresentable, Hashable, Sendable {
  /// The number in host order; below 0x0600 it is a length instead.
  public let rawValue: UInt16

  /// The type of that number, known here or not.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// An IPv4 packet (RFC 894).
  @inlinable public static var ipv4: EtherType { EtherType(rawValue: 0x0800) }
  /// Address resolution (RFC 826).
  @inlinable public static var arp: EtherType { EtherType(rawValue: 0x0806) }
  /// An IPv6 packet (RFC 2464).
  @inlinable public static var ipv6: EtherType { EtherType(rawValue: 0x86dd) }
  /// The first of the two numbers that IEEE 802 sets aside for local experiments: no server of a
  /// stack speaks it, and no kernel answers it.
  @inlinable public static var probe: EtherType { EtherType(rawValue: 0x88b5) }
}
