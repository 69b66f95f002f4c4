public import Basics

/// A frame with a TCP segment or a UDP datagram in it: its ends, and where that begins.
public struct TransportFrame: Sendable {
  /// Whose frame it is, and whom it is for.
  public let ethernet: EthernetHeader
  /// Who sent the packet.
  public let source: IPAddress
  /// Whom it is for.
  public let target: IPAddress
  /// TCP or UDP.
  public let transport: Transport
  /// The sender's port.
  public let sourcePort: UInt16
  /// The receiver's port.
  public let targetPort: UInt16
  /// Where TCP or UDP begins in the frame.
  public let offset: Int
  /// Where the packet ends in the frame: there may be padding behind it.
  public let end: Int

  /// Nil for anything else, and for a later piece of a fragmented packet, which has no ports.
  public init?(reading frame: RawSpan) {
    guard let ethernet = EthernetHeader(reading: frame) else { return nil }
    self.ethernet = ethernet
    switch ethernet.type {
    case .ipv4:
      guard let header = IPv4Header(reading: frame), !header.isLaterFragment else { return nil }
      (source, target) = (IPAddress(header.source), IPAddress(header.target))
      transport = header.transport
      offset = EthernetHeader.byteCount + header.byteCount
      // A packet larger than its length can say claims none: it ends with the frame.
      let total = EthernetHeader.byteCount + header.totalBytes
      end = header.totalBytes == 0 ? frame.byteCount : min(frame.byteCount, total)
    case .ipv6:
      guard let header = IPv6Header(reading: frame), !header.isLaterFragment else { return nil }
      (source, target, transport) = (header.source, header.target, header.transport)
      offset = header.transportOffset
      let length = Int(frame.uint16(at: EthernetHeader.byteCount + 4))
      let total = EthernetHeader.byteCount + IPv6Header.byteCount + length
      end = length == 0 ? frame.byteCount : min(frame.byteCount, total)
    default: return nil
    }
    guard transport == .tcp || transport == .udp, end >= offset + (transport == .tcp ? 20 : 8)
    else { return nil }
    sourcePort = frame.uint16(at: offset)
    targetPort = frame.uint16(at: offset + 2)
  }

  /// Where what is carried begins, behind the header of TCP or UDP; not before `end` where there is nothing.
  public func payloadOffset(in frame: RawSpan) -> Int {
    transport == .udp ? offset + 8 : offset + Int(frame.uint8(at: offset + 12) >> 4) * 4
  }

  /// What a UDP datagram carries.
  public func payload(of frame: RawSpan) -> [UInt8] {
    let length = Int(frame.uint16(at: offset + 4))
    let last = length < 8 ? end : min(end, offset + length)
    return (offset + 8..<last).map { frame.uint8(at: $0) }
  }

  /// A frame back to the sender of a UDP datagram.
  public func answer(_ payload: [UInt8]) -> [UInt8] {
    let words = [targetPort, sourcePort, UInt16(clamping: 8 + payload.count), 0]
    let header = words.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    return back.bytes(.udp, header + payload)
  }

  /// Whether a frame is a TCP segment that ends a connection at once.
  public static func isReset(_ frame: RawSpan) -> Bool {
    guard let read = TransportFrame(reading: frame), read.transport == .tcp else { return false }
    return frame.uint8(at: read.offset + 13) & 4 != 0
  }

  /// A frame to where it was going, as if its sender had sent it.
  public var onward: IPFrame {
    IPFrame(link: (ethernet.source, ethernet.target), network: (source, target))
  }

  /// A frame back to the sender, as if whom it was for had sent it.
  public var back: IPFrame {
    IPFrame(link: (ethernet.target, ethernet.source), network: (target, source))
  }
}
