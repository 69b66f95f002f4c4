/// How much of a frame a capture keeps when only headers are wanted.
public enum HeaderExtent {
  /// The most that is kept of a frame that is neither TCP nor UDP: ARP, VRRP, ICMP and neighbour
  /// discovery fit whole, and they carry the network's own affairs, not the users' data.
  public static let otherBytes = 128

  /// Bytes from the frame's start through its innermost header this module knows.
  public static func byteCount(of frame: RawSpan) -> Int {
    guard let ethernet = EthernetHeader(reading: frame) else { return frame.byteCount }
    let start = EthernetHeader.byteCount
    switch ethernet.type {
    case .ipv4:
      guard let header = IPv4Header(reading: frame), !header.isLaterFragment else { break }
      return extent(of: header.transport, at: start + header.byteCount, in: frame)
    case .ipv6 where frame.byteCount >= start + 40:
      return extent(
        of: Transport(rawValue: frame.uint8(at: start + 6)), at: start + 40, in: frame)
    default: break
    }
    return min(frame.byteCount, otherBytes)
  }

  private static func extent(of transport: Transport, at offset: Int, in frame: RawSpan) -> Int {
    let end: Int
    switch transport {
    case .tcp where frame.byteCount >= offset + 13:
      end = offset + Int(frame.uint8(at: offset + 12) >> 4) * 4
    case .udp: end = offset + 8
    default: end = otherBytes
    }
    return min(frame.byteCount, end)
  }
}
