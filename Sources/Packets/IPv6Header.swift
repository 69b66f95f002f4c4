public import Basics

/// The header of an IPv6 packet (RFC 8200), as far as a switch cares, and the extension headers behind it.
public struct IPv6Header: Hashable, Sendable {
  /// Who sent the packet, as it claims itself.
  public let source: IPAddress
  /// Whom the packet is for.
  public let target: IPAddress
  /// What stands behind the extension headers.
  public let transport: Transport
  /// Where that begins in the frame.
  public let transportOffset: Int
  /// How many more routers may pass it on.
  public let hopLimit: UInt8
  /// Whether this is a later piece of a fragmented packet, and so has no ports.
  public let isLaterFragment: Bool

  /// Bytes of the header without extensions.
  public static let byteCount = 40
  /// So many extension headers are followed; what has more is taken for what the next one is.
  private static let mostExtensions = 8

  /// Reads the packet that starts at `offset` of the frame; nil when it is not well formed, or an
  /// extension header is cut off.
  public init?(reading frame: RawSpan, at offset: Int = EthernetHeader.byteCount) {
    guard frame.byteCount >= offset + Self.byteCount, frame.uint8(at: offset) >> 4 == 6 else {
      return nil
    }
    source = Self.address(frame, at: offset + 8)
    target = Self.address(frame, at: offset + 24)
    hopLimit = frame.uint8(at: offset + 7)
    var next = frame.uint8(at: offset + 6)
    var place = offset + Self.byteCount
    var isLater = false
    for _ in 0..<Self.mostExtensions {
      guard let size = Self.size(of: next, in: frame, at: place) else { break }
      guard let size, frame.byteCount >= place + size else { return nil }
      if next == 44 { isLater = isLater || frame.uint16(at: place + 2) & 0xfff8 != 0 }
      next = frame.uint8(at: place)
      place += size
    }
    transport = Transport(rawValue: next)
    transportOffset = place
    isLaterFragment = isLater
  }

  /// Bytes of an extension header: nil where the number is none's, nil inside where it is cut off.
  private static func size(of next: UInt8, in frame: RawSpan, at place: Int) -> Int?? {
    switch next {
    // Hop-by-hop options, routing, destination options; a fragment; authentication (RFC 4302).
    case 0, 43, 60:
      frame.byteCount >= place + 8 ? (Int(frame.uint8(at: place + 1)) + 1) * 8 : .some(nil)
    case 44: frame.byteCount >= place + 8 ? 8 : .some(nil)
    case 51: frame.byteCount >= place + 8 ? (Int(frame.uint8(at: place + 1)) + 2) * 4 : .some(nil)
    default: nil
    }
  }

  /// Sixteen bytes; the caller promises that they are there.
  static func address(_ frame: RawSpan, at offset: Int) -> IPAddress {
    let words = (0..<4).map { UInt128(frame.uint32(at: offset + 4 * $0)) }
    return IPAddress(.v6, bits: words.reduce(0) { $0 << 32 | $1 })
  }
}
