public import Basics

/// An IP packet that routers pass on like any other of its protocol, and that no server ever sees: what stands
/// above IP has a checksum that is wrong on purpose, so the receiving kernel drops it once its packet
/// sockets have seen it.
///
/// Of TCP it is a reset to a port from none, which no kernel answers, unless something else is asked for; of ICMP one of the types for
/// experiments (RFC 4727); of a protocol that has no checksum here, zeros.
public struct ProbePacket: Hashable, Sendable {
  /// Who sends it.
  public let source: IPAddress
  /// Whom it is for; of the same family.
  public let target: IPAddress
  /// The protocol above IP.
  public let transport: Transport
  /// The receiver's port; the sender's is 0, which no connection has.
  public let port: UInt16
  /// Of TCP: an acknowledgement, which a policy that resets connections answers, where a reset passes.
  public var acknowledges = false
  /// Of ICMPv6: a neighbour solicitation (RFC 4861), which a policy about neighbours meets.
  public var solicits = false

  /// The caller promises two addresses of one family.
  public init(
    from source: IPAddress, to target: IPAddress, transport: Transport, port: UInt16 = 0
  ) {
    precondition(source.family == target.family)
    self.source = source
    self.target = target
    self.transport = transport
    self.port = port
  }

  /// The packet without an Ethernet header, its trailer last.
  ///
  /// - Parameter count: how many bytes it has; never fewer than it needs.
  public func bytes(_ trailer: ProbeTrailer, padded count: Int = 0) -> [UInt8] {
    let headers = networkBytes + transportBytes
    let size = max(count, headers + ProbeTrailer.byteCount)
    var bytes = [UInt8](repeating: 0, count: size - ProbeTrailer.byteCount) + trailer.bytes
    var whole = bytes.mutableSpan
    var span = unsafe whole.mutableBytes
    writeTransport(to: &span)
    if source.family == .v4 { writeIPv4(to: &span) } else { writeIPv6(to: &span) }
    return bytes
  }

  private var networkBytes: Int { source.family == .v4 ? 20 : IPv6Header.byteCount }
  private var transportBytes: Int { transport == .tcp ? 20 : 8 }

  private func writeIPv4(to span: inout MutableRawSpan) {
    span.store(uint16: 0x4500, at: 0)
    span.store(uint16: UInt16(clamping: span.byteCount), at: 2)
    // It is not to be cut: a piece would not have its trailer.
    span.store(uint16: 0x4000, at: 6)
    span.store(uint8: 64, at: 8)
    span.store(uint8: transport.rawValue, at: 9)
    span.store(uint32: UInt32(truncatingIfNeeded: source.bits), at: 12)
    span.store(uint32: UInt32(truncatingIfNeeded: target.bits), at: 16)
    var checksum = InternetChecksum()
    checksum.add(span.bytes.extracting(0..<20))
    span.storeBytes(of: checksum.complete, toByteOffset: 10, as: UInt16.self)
  }

  private func writeIPv6(to span: inout MutableRawSpan) {
    span.store(uint32: 0x6000_0000, at: 0)
    span.store(uint16: UInt16(clamping: span.byteCount - IPv6Header.byteCount), at: 4)
    span.store(uint8: transport.rawValue, at: 6)
    span.store(uint8: 64, at: 7)
    for (offset, byte) in (source.bytes + target.bytes).enumerated() {
      span.store(uint8: byte, at: 8 + offset)
    }
  }

  private func writeTransport(to span: inout MutableRawSpan) {
    let start = networkBytes
    let length = span.byteCount - start
    switch transport {
    case .tcp:
      span.store(uint16: port, at: start + 2)
      span.store(uint8: 5 << 4, at: start + 12)
      span.store(uint8: acknowledges ? 0x10 : 4, at: start + 13)
      spoil(&span, at: start + 16, from: start)
    case .udp:
      span.store(uint16: port, at: start + 2)
      span.store(uint16: UInt16(clamping: length), at: start + 4)
      spoil(&span, at: start + 6, from: start)
    case .icmp:
      span.store(uint8: 253, at: start)
      spoil(&span, at: start + 2, from: start)
    case .icmpV6:
      span.store(uint8: solicits ? 135 : 200, at: start)
      spoil(&span, at: start + 2, from: start)
    default: break
    }
  }

  /// Stores a checksum that is neither right nor zero, which would mean that there is none.
  private func spoil(_ span: inout MutableRawSpan, at field: Int, from start: Int) {
    var checksum = InternetChecksum()
    checksum.add(span.bytes.extracting(start..<span.byteCount))
    if transport != .icmp {
      unsafe (source.bytes + target.bytes).withUnsafeBytes { unsafe checksum.add($0.bytes) }
      checksum.add(UInt16(transport.rawValue))
      checksum.add(UInt16(clamping: span.byteCount - start))
    }
    let wrong = checksum.complete ^ 0x0101
    span.storeBytes(of: wrong == 0 ? 0xaaaa : wrong, toByteOffset: field, as: UInt16.self)
  }

  /// The packet as a frame to a neighbour, for which no kernel has to know the hardware address.
  public func frame(from source: MAC, to target: MAC, _ trailer: ProbeTrailer) -> [UInt8] {
    let type = self.source.family == .v4 ? EtherType.ipv4 : .ipv6
    let typeBytes = [UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xff)]
    return target.bytes + source.bytes + typeBytes + bytes(trailer)
  }

  /// A frame of ARP with the trailer behind it: an operation that is none (RFC 5494), which no kernel heeds.
  public static func arp(from source: MAC, to target: MAC, _ trailer: ProbeTrailer) -> [UInt8] {
    let fixed: [UInt8] = [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0xff, 0xff]
    return target.bytes + source.bytes + fixed + Array(repeating: 0, count: 20) + trailer.bytes
  }
}
