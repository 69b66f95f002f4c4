internal import Basics

/// What a frame is to somebody who reads along on a line where everything should be encrypted.
public enum LineTraffic: Hashable, Sendable {
  /// The exchange of keys (IKE, RFC 7296): on UDP port 500, or on 4500 behind four zeros (RFC 3948).
  case keys
  /// What is encrypted: ESP (RFC 4303), by itself or in UDP on port 4500, and the single byte that keeps such a way
  /// open.
  case sealed
  /// What a line itself needs: ARP, neighbour discovery of IPv6, errors of ICMP and of ICMPv6.
  case housekeeping
  /// A later piece of a fragmented packet, of which nobody can tell what it is.
  case piece
  /// Anything else, in words: `TCP to port 5432`.
  case clear(String)

  /// What `frame` is, by what a reader on the line can see of it.
  public init(reading frame: RawSpan) {
    guard let ethernet = EthernetHeader(reading: frame) else {
      self = .clear("a frame that is too short")
      return
    }
    switch ethernet.type {
    case .arp: self = .housekeeping
    case .ipv4:
      guard let header = IPv4Header(reading: frame) else {
        self = .clear("IPv4 that is not well formed")
        return
      }
      let start = EthernetHeader.byteCount + header.byteCount
      self =
        header.isLaterFragment ? .piece : Self.packet(header.transport, frame, from: start)
    case .ipv6:
      guard let header = IPv6Header(reading: frame) else {
        self = .clear("IPv6 that is not well formed")
        return
      }
      self =
        header.isLaterFragment
        ? .piece : Self.packet(header.transport, frame, from: header.transportOffset)
    default:
      self = .clear("EtherType 0x" + String(ethernet.type.rawValue, radix: 16))
    }
  }

  private static func packet(
    _ transport: Transport, _ frame: RawSpan, from start: Int
  ) -> LineTraffic {
    switch transport {
    case .esp:
      return hasIndex(frame, at: start, room: frame.byteCount - start)
        ? .sealed : .clear("ESP without an index")
    case .udp: return datagram(frame, from: start)
    case .icmp where isError(frame, at: start, [3, 4, 11, 12]): return .housekeeping
    case .icmpV6 where isError(frame, at: start, [1, 2, 3, 4, 133, 134, 135, 136]):
      return .housekeeping
    case .tcp where frame.byteCount >= start + 4:
      return .clear("TCP to port \(frame.uint16(at: start + 2))")
    case .icmp, .icmpV6: return .clear("ICMP that is no error")
    default: return .clear("protocol \(transport.rawValue) of IP")
    }
  }

  private static func isError(_ frame: RawSpan, at start: Int, _ types: [UInt8]) -> Bool {
    frame.byteCount > start && types.contains(frame.uint8(at: start))
  }

  private static func datagram(_ frame: RawSpan, from start: Int) -> LineTraffic {
    guard frame.byteCount >= start + 8 else { return .clear("UDP that is cut off") }
    let ports = [frame.uint16(at: start), frame.uint16(at: start + 2)]
    let count = Int(frame.uint16(at: start + 4)) - 8
    let other = LineTraffic.clear("UDP to port \(ports[1])")
    let payload = start + 8
    guard count > 0, payload + count <= frame.byteCount else { return other }
    if ports.contains(500), isExchange(frame, at: payload, count: count) { return .keys }
    guard ports.contains(4500) else { return other }
    if count == 1 { return frame.uint8(at: payload) == 0xff ? .sealed : other }
    if count >= 4, frame.uint32(at: payload) == 0 {
      return isExchange(frame, at: payload + 4, count: count - 4) ? .keys : other
    }
    return hasIndex(frame, at: payload, room: count) ? .sealed : other
  }

  /// Whether a message of IKE begins here, by its version and by the length that it says it has: RFC 7296, section 3.1.
  private static func isExchange(_ frame: RawSpan, at start: Int, count: Int) -> Bool {
    count >= 28 && [0x10, 0x20].contains(frame.uint8(at: start + 17))
      && Int(frame.uint32(at: start + 24)) == count
  }

  /// Whether ESP may begin here: the index of its keys is 256 at least, and behind that and the sequence number there
  /// is a block and a proof (RFC 4303, section 2).
  private static func hasIndex(_ frame: RawSpan, at start: Int, room: Int) -> Bool {
    room >= 24 && frame.uint32(at: start) >= 256
  }
}
