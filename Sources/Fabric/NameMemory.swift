internal import Basics
internal import Packets

/// The last answer of each DNS server to each question, as far as it passed through the switch.
struct NameMemory {
  private struct Asked: Hashable {
    let server: IPAddress
    let question: DNSQuestion.Key
  }

  private var replies: [Asked: DNSReply] = [:]
  private var order: [Asked] = []

  /// That of DNS (RFC 1035, section 4.2).
  static let port: UInt16 = 53
  /// Questions beyond these are not remembered.
  private static let most = 4096
  /// Nor are frames beyond so many bytes: what servers are told to be good for as a rule (RFC 6891, section 6.2.5).
  private static let longest = 4096

  /// Remembers a frame where it is an answer over UDP that says what there is.
  mutating func note(_ frame: RawSpan) {
    guard Self.mayBeUDP(frame), let read = TransportFrame(reading: frame),
      read.transport == .udp, read.sourcePort == Self.port,
      frame.byteCount <= Self.longest,
      let reply = DNSReply(reading: read.payload(of: frame)), reply.isDefinite
    else { return }
    let asked = Asked(server: read.source, question: reply.key)
    if replies[asked] == nil {
      guard order.count < Self.most else { return }
      order.append(asked)
    }
    replies[asked] = reply
  }

  /// Most frames are something else, which a byte tells.
  private static func mayBeUDP(_ frame: RawSpan) -> Bool {
    guard frame.byteCount > 42 else { return false }
    switch frame.uint16(at: 12) {
    case EtherType.ipv4.rawValue: return frame.uint8(at: 23) == Transport.udp.rawValue
    case EtherType.ipv6.rawValue: return frame.uint8(at: 20) == Transport.udp.rawValue
    default: return false
    }
  }

  /// What a server answered last.
  func reply(to question: DNSQuestion.Key, of server: IPAddress) -> DNSReply? {
    replies[Asked(server: server, question: question)]
  }

  /// What a server was asked, in the order in which it first answered.
  func questions(to server: IPAddress) -> [DNSQuestion.Key] {
    order.filter { $0.server == server }.map(\.question)
  }
}
