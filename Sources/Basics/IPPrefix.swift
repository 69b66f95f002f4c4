/// An address with the length of its network's prefix: `10.0.1.7/24` or `fd00::7/64` as an interface
/// holds it, or the whole network when the host bits are zero: `10.77.0.0/16`.
public struct IPPrefix: Hashable, Comparable, Sendable {
  /// With its host bits, if it has any.
  public let address: IPAddress
  /// How many leading bits all addresses of the network share, 0 to 32 or 128.
  public let length: Int

  /// All addresses of a family: the destination of a default route.
  public static func everything(_ family: IPAddress.Family) -> IPPrefix {
    IPPrefix(IPAddress(family, bits: 0), length: 0)
  }

  /// The caller promises a length that the address has bits for.
  public init(_ address: IPAddress, length: Int) {
    precondition((0...address.family.width).contains(length))
    self.address = address
    self.length = length
  }

  /// Reads `10.0.1.7/24` or `fd00::7/64`; without a length it is one host. Nil for anything else.
  public init?(text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let address = IPAddress(text: parts[0]) else { return nil }
    let width = address.family.width
    let length = parts.count == 1 ? width : Int(parts[1]) ?? -1
    guard (0...width).contains(length) else { return nil }
    self.init(address, length: length)
  }

  /// Reads a network with room for hosts, `10.77.0.0/16`; nil for anything else, when a host bit is
  /// set, and when the length is 0 or leaves fewer than two bits for hosts.
  public init?(network text: some StringProtocol) {
    self.init(text: text)
    guard length > 0, length <= family.width - 2, address == first else { return nil }
  }

  /// That of its address.
  public var family: IPAddress.Family { address.family }

  /// Whether an address lies in the network; one of the other family never does.
  public func contains(_ other: IPAddress) -> Bool {
    other.family == family && (address.bits ^ other.bits) & mask == 0
  }

  /// Whether an address lies in the network and may be a node's: neither the first nor, of IPv4, the last.
  public func hasRoom(for host: IPAddress) -> Bool {
    contains(host) && host != first && (family == .v6 || host != last)
  }

  /// Whether the two networks have an address in common.
  public func overlaps(_ other: IPPrefix) -> Bool {
    contains(other.first) || other.contains(first)
  }

  /// The first address of the network, which names it and is no host's: of IPv6 it is that of any router
  /// there (RFC 4291, section 2.6.1).
  public var first: IPAddress { IPAddress(family, bits: address.bits & mask) }

  /// The last address of the network, to which a broadcast of IPv4 goes.
  public var last: IPAddress { IPAddress(family, bits: address.bits | ~mask) }

  /// The whole network that the address is in.
  public var network: IPPrefix { IPPrefix(first, length: length) }

  /// The address that is so many after the first; nil where no host can have it.
  public func host(_ number: Int) -> IPAddress? {
    let host = IPAddress(family, bits: first.bits &+ UInt128(number))
    return hasRoom(for: host) ? host : nil
  }

  public static func < (a: Self, b: Self) -> Bool {
    (a.address, a.length) < (b.address, b.length)
  }

  /// One bit for every bit of the prefix. A shift by the whole width is zero in Swift.
  private var mask: UInt128 { UInt128.max << (family.width - length) }
}

extension IPPrefix: CustomStringConvertible {
  public var description: String { "\(address)/\(length)" }
}
