public import Basics

/// A packet by which nodes on one segment find each other over IPv6, and say which addresses they have
/// (RFC 4861): what ARP is to IPv4.
public struct NDPPacket: Hashable, Sendable {
  /// What the packet says.
  public enum Kind: String, Hashable, Sendable {
    /// Someone asks who has an address.
    case solicitation
    /// Someone answers for an address.
    case advertisement
    /// Someone announces an address unasked: this is how a floating address moves.
    case unsolicited
    /// Someone asks for an address before taking it (the packet has no source; RFC 4862, section 5.4).
    case probe
  }

  /// Told from the type, the source and the flag of an answer.
  public let kind: Kind
  /// Who sent the packet; that of all zeros in a probe.
  public let source: IPAddress
  /// The address that is asked for, or spoken about.
  public let target: IPAddress
  /// The hardware address that the sender says it has; nil where it says none.
  public let hardwareAddress: MAC?
  /// Whether neighbours are to forget which hardware address they knew; of an answer only.
  public let overrides: Bool

  private static let hopLimit: UInt8 = 255
  private static let messageBytes = 24

  /// Whether a frame may carry one at all: told from two bytes, for it is asked of every frame.
  @inlinable public static func mayBe(_ frame: RawSpan) -> Bool {
    frame.byteCount >= 78 && frame.uint16(at: 12) == EtherType.ipv6.rawValue
      && frame.uint8(at: 20) == 58
  }

  /// Nil when the frame is no solicitation and no advertisement of a neighbour, and where receivers must
  /// not heed it (RFC 4861, section 7.1): a router passed it on, or it is damaged.
  public init?(readingFrame frame: RawSpan) {
    let at = EthernetHeader.byteCount + IPv6Header.byteCount
    guard Self.mayBe(frame), let header = IPv6Header(reading: frame),
      header.hopLimit == Self.hopLimit, header.transportOffset == at
    else { return nil }
    let bytes = Int(frame.uint16(at: EthernetHeader.byteCount + 4))
    guard bytes >= Self.messageBytes, frame.byteCount >= at + bytes, frame.uint8(at: at + 1) == 0
    else { return nil }
    let isAnswer: Bool
    switch frame.uint8(at: at) {
    case 135: isAnswer = false
    case 136: isAnswer = true
    default: return nil
    }
    source = header.source
    target = IPv6Header.address(frame, at: at + 8)
    guard !target.isMulticast else { return nil }
    let flags = isAnswer ? frame.uint8(at: at + 4) : 0
    overrides = flags & 0x20 != 0
    kind =
      if isAnswer { flags & 0x40 == 0 ? .unsolicited : .advertisement } else {
        header.source.bits == 0 ? .probe : .solicitation
      }
    let options = at + Self.messageBytes..<at + bytes
    guard let address = Self.hardwareAddress(isAnswer ? 2 : 1, in: frame, options) else {
      return nil
    }
    hardwareAddress = address
  }

  /// The address whose holder the sender says it is: in an answer the target, in a question the source; nil
  /// in a probe.
  public var claimed: IPAddress? {
    switch kind {
    case .solicitation: source
    case .advertisement, .unsolicited: target
    case .probe: nil
    }
  }

  /// What the option of that type says, nil inside where there is none; nil where the options are no list.
  private static func hardwareAddress(
    _ type: UInt8, in frame: RawSpan, _ options: Range<Int>
  ) -> MAC?? {
    var place = options.lowerBound
    var found: MAC?
    while place < options.upperBound {
      guard place + 8 <= options.upperBound else { return nil }
      let size = Int(frame.uint8(at: place + 1)) * 8
      guard size > 0, place + size <= options.upperBound else { return nil }
      if frame.uint8(at: place) == type { found = MAC(reading: frame, at: place + 2) }
      place += size
    }
    return .some(found)
  }
}
