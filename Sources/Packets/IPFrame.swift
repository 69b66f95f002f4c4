public import Basics

/// A frame with an IP packet of our own in it, in the name of others: one answer, or one word in between.
public struct IPFrame: Sendable {
  /// Whose hardware address it bears, and whom the switch brings it to.
  public let link: (source: MAC, target: MAC)
  /// Who the packet says that it is from, and whom it is for; of one family.
  public let network: (source: IPAddress, target: IPAddress)

  /// The caller promises two IP addresses of one family.
  public init(
    link: (source: MAC, target: MAC), network: (source: IPAddress, target: IPAddress)
  ) {
    precondition(network.source.family == network.target.family)
    self.link = link
    self.network = network
  }

  /// The frame with what stands above IP, whose checksum is finished.
  ///
  /// - Parameters:
  ///   - segment: a TCP segment or a UDP datagram, its checksum field zero; at most 60,000 bytes.
  ///   - isSpoiled: the checksum is wrong on purpose, so that no server is given it (`ProbePacket`).
  public func bytes(
    _ transport: Transport, _ segment: [UInt8], isSpoiled: Bool = false
  ) -> [UInt8] {
    let isV4 = network.source.family == .v4
    let type = isV4 ? EtherType.ipv4 : .ipv6
    let header = isV4 ? headerV4(transport, segment.count) : headerV6(transport, segment.count)
    var bytes = link.target.bytes + link.source.bytes
    bytes += [UInt8(type.rawValue >> 8), UInt8(truncatingIfNeeded: type.rawValue)]
    bytes += header + segment
    let start = EthernetHeader.byteCount + header.count
    var whole = bytes.mutableSpan
    var span = unsafe whole.mutableBytes
    if isV4 {
      let at = EthernetHeader.byteCount
      var checksum = InternetChecksum()
      checksum.add(span.bytes.extracting(at..<at + 20))
      span.storeBytes(of: checksum.complete, toByteOffset: at + 10, as: UInt16.self)
    }
    finish(transport, &span, from: start, isSpoiled)
    return bytes
  }

  private func headerV4(_ transport: Transport, _ count: Int) -> [UInt8] {
    let total = UInt16(clamping: 20 + count)
    // It is not to be cut into pieces; 64 routers may pass it on.
    let fixed = [0x45, 0, UInt8(total >> 8), UInt8(truncatingIfNeeded: total), 0, 0, 0x40, 0, 64]
    return fixed + [transport.rawValue, 0, 0] + network.source.bytes + network.target.bytes
  }

  private func headerV6(_ transport: Transport, _ count: Int) -> [UInt8] {
    let length = UInt16(clamping: count)
    let fixed = [0x60, 0, 0, 0, UInt8(length >> 8), UInt8(truncatingIfNeeded: length)]
    return fixed + [transport.rawValue, 64] + network.source.bytes + network.target.bytes
  }

  /// Stores the checksum of TCP or UDP, with the pseudo-header of RFC 9293 and RFC 8200.
  private func finish(
    _ transport: Transport, _ span: inout MutableRawSpan, from start: Int, _ isSpoiled: Bool
  ) {
    let field = start + (transport == .tcp ? 16 : 6)
    var checksum = InternetChecksum()
    checksum.add(span.bytes.extracting(start..<span.byteCount))
    unsafe (network.source.bytes + network.target.bytes).withUnsafeBytes {
      unsafe checksum.add($0.bytes)
    }
    checksum.add(UInt16(transport.rawValue))
    checksum.add(UInt16(clamping: span.byteCount - start))
    // A UDP checksum of zero would mean that there is none (RFC 768).
    let isNone = checksum.complete == 0 && transport == .udp
    let right = isNone ? 0xffff : checksum.complete
    let wrong = right ^ 0x0101
    let value = isSpoiled ? (wrong == 0 ? 0xaaaa : wrong) : right
    span.storeBytes(of: value, toByteOffset: field, as: UInt16.self)
  }
}
