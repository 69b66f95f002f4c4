internal import Basics

/// What a frame is, in one line for a person: whose, for whom, and what of.
public struct FrameLine: Sendable {
  /// `10.0.1.2:443 > 10.0.1.3:55120 TCP SA, 0 bytes`.
  public let text: String

  /// - Parameters:
  ///   - frame: from the Ethernet header on, as much as was kept.
  ///   - originalBytes: how many it had on the wire.
  public init(_ frame: [UInt8], originalBytes: Int) {
    let span = unsafe frame.span.bytes
    text =
      Self.neighbours(span) ?? Self.transport(span, frame.count, originalBytes)
      ?? Self.other(span, originalBytes)
  }

  /// Who asks for a hardware address, and who answers (ARP and NDP).
  private static func neighbours(_ frame: RawSpan) -> String? {
    if let packet = ARPPacket(readingFrame: frame) {
      switch packet.kind {
      case .request, .probe: return "ARP who has \(packet.targetIP)? tell \(packet.senderIP)"
      case .reply: return "ARP \(packet.senderIP) is at \(packet.senderMAC)"
      case .gratuitous: return "ARP \(packet.senderIP) is at \(packet.senderMAC), says itself"
      }
    }
    guard NDPPacket.mayBe(frame), let packet = NDPPacket(readingFrame: frame) else { return nil }
    let address = packet.hardwareAddress.map { " at \($0)" } ?? ""
    return switch packet.kind {
    case .solicitation, .probe: "NDP who has \(packet.target)? tell \(packet.source)"
    case .advertisement: "NDP \(packet.target) is\(address)"
    case .unsolicited: "NDP \(packet.target) is\(address), says itself"
    }
  }

  private static func transport(_ frame: RawSpan, _ kept: Int, _ original: Int) -> String? {
    guard let packet = TransportFrame(reading: frame) else { return nil }
    let ends =
      "\(end(packet.source, packet.sourcePort)) > \(end(packet.target, packet.targetPort))"
    // Where only headers were kept, what they carry is known by its length.
    let carried = max(0, packet.end + original - kept - packet.payloadOffset(in: frame))
    guard packet.transport == .tcp else {
      return "\(ends) UDP, \(carried) bytes" + (name(in: packet, frame).map { ", \($0)" } ?? "")
    }
    let flags = frame.uint8(at: packet.offset + 13)
    let letters = zip([2, 16, 8, 1, 4, 32], "SAPFRU").filter { flags & $0.0 != 0 }.map(\.1)
    return "\(ends) TCP \(letters.isEmpty ? "-" : String(letters)), \(carried) bytes"
  }

  private static func end(_ address: IPAddress, _ port: UInt16) -> String {
    address.family == .v6 ? "[\(address)]:\(port)" : "\(address):\(port)"
  }

  /// What is asked of a DNS server, or answered by it.
  private static func name(in packet: TransportFrame, _ frame: RawSpan) -> String? {
    guard packet.sourcePort == 53 || packet.targetPort == 53 else { return nil }
    let message = packet.payload(of: frame)
    if let question = DNSQuestion(reading: message) { return "DNS \(question.key.text)?" }
    return DNSReply(reading: message).map { "DNS \($0.key.text): \($0.text)" }
  }

  private static func other(_ frame: RawSpan, _ original: Int) -> String {
    guard let ethernet = EthernetHeader(reading: frame) else { return "\(original) bytes" }
    if let header = IPv4Header(reading: frame), ethernet.type == .ipv4 {
      let at = EthernetHeader.byteCount + header.byteCount
      return "\(header.source) > \(header.target) "
        + (header.isLaterFragment ? "a later fragment" : words(header.transport, frame, at))
    }
    if let header = IPv6Header(reading: frame), ethernet.type == .ipv6 {
      return "\(header.source) > \(header.target) "
        + words(header.transport, frame, header.transportOffset)
    }
    let type = String(ethernet.type.rawValue, radix: 16)
    return "\(ethernet.source) > \(ethernet.target) type 0x\(type), \(original) bytes"
  }

  private static func words(_ transport: Transport, _ frame: RawSpan, _ at: Int) -> String {
    func byte(_ offset: Int) -> Int? {
      at + offset < frame.byteCount ? Int(frame.uint8(at: at + offset)) : nil
    }
    switch transport {
    case .vrrp:
      guard let router = byte(1), let priority = byte(2) else { return "VRRP" }
      return "VRRP router \(router), priority \(priority)"
    case .icmp, .icmpV6:
      let name = transport == .icmp ? "ICMP" : "ICMPv6"
      guard let type = byte(0), let code = byte(1) else { return name }
      let words = [0: "echo reply", 3: "unreachable", 8: "echo request", 11: "time exceeded"]
      let words6 = [1: "unreachable", 128: "echo request", 129: "echo reply"]
      let word = (transport == .icmp ? words : words6)[type] ?? "type \(type)"
      return "\(name) \(word)" + (code > 0 ? ", code \(code)" : "")
    case .esp: return "ESP"
    default: return "protocol \(transport.rawValue)"
    }
  }
}
