/// Packets of one protocol, or with one port.
public struct PacketKind: Hashable, Sendable {
  /// What a frame carries.
  public enum Carried: Hashable, Sendable {
    /// Address resolution of IPv4.
    case arp
    /// Whatever asks for or tells hardware addresses: address resolution of IPv4, and of IPv6 neighbour
    /// solicitations and advertisements.
    case neighbours
    /// IP packets of a protocol, by its name here and its numbers above IPv4 and IPv6.
    case ip(name: String, numbers: [UInt8])
  }

  /// Nil: of any protocol that has ports.
  public let carried: Carried?
  /// The sender's or the receiver's; nil: any. Later fragments of a packet have none and are not meant.
  public let port: UInt16?

  /// The caller promises that one of the two is said, and a port only of a protocol that has them.
  public init(_ carried: Carried?, port: UInt16? = nil) {
    self.carried = carried
    self.port = port
  }

  /// The protocol's numbers; empty for any.
  public var numbers: [UInt8] {
    if case .ip(_, let numbers)? = carried { numbers } else { [] }
  }

  /// Whether a frame is meant.
  public func covers(_ traits: FrameTraits) -> Bool {
    if carried == .arp { return traits.isARP }
    if carried == .neighbours { return traits.isARP || traits.isNeighbourDiscovery }
    if !numbers.isEmpty {
      guard let transport = traits.transport, numbers.contains(transport) else { return false }
    }
    return port.map { traits.ports.contains($0) } ?? true
  }
}

extension PacketKind: CustomStringConvertible {
  /// `tcp port 5432`.
  public var description: String {
    let name: String? =
      switch carried {
      case .arp?: "arp"
      case .neighbours?: "arp and neighbour discovery"
      case .ip(let name, _)?: name
      case nil: nil
      }
    return [name, port.map { "port \($0)" }].compactMap(\.self).joined(separator: " ")
  }
}
