internal import Basics
internal import Links
internal import Packets

extension FrameTraits {
  /// What a frame says; of one that is damaged, what can still be read.
  init(reading frame: RawSpan) {
    self.init()
    guard let ethernet = EthernetHeader(reading: frame) else { return }
    switch ethernet.type {
    case .arp: isARP = true
    case .ipv4:
      guard let header = IPv4Header(reading: frame) else { return }
      source = IPAddress(header.source)
      target = IPAddress(header.target)
      transport = header.transport.rawValue
      let end = EthernetHeader.byteCount + header.byteCount
      if !header.isLaterFragment { readPorts(of: header.transport, frame, at: end) }
    case .ipv6:
      guard let header = IPv6Header(reading: frame) else { return }
      source = header.source
      target = header.target
      transport = header.transport.rawValue
      if !header.isLaterFragment {
        readPorts(of: header.transport, frame, at: header.transportOffset)
        isNeighbourDiscovery = Self.isNeighbourDiscovery(header, frame)
      }
    default: break
    }
  }

  /// Neighbour solicitation and advertisement are types 135 and 136 of ICMPv6.
  private static func isNeighbourDiscovery(_ header: IPv6Header, _ frame: RawSpan) -> Bool {
    header.transport == .icmpV6 && frame.byteCount > header.transportOffset
      && (135...136).contains(frame.uint8(at: header.transportOffset))
  }

  private mutating func readPorts(of transport: Transport, _ frame: RawSpan, at start: Int) {
    guard transport == .tcp || transport == .udp, frame.byteCount >= start + 4 else { return }
    ports = [frame.uint16(at: start), frame.uint16(at: start + 2)]
  }
}
