/// An IPv4 address with the length of its network's prefix: `10.0.1.7/24` as an interface holds
/// it, or the whole network when the host bits are zero: `10.77.0.0/16`.
public struct IPv4Prefix: Hashable, Comparable, Sendable {
  /// With its host bits, if it has any.
  public let address: IPv4
  /// How many leading bits all addresses of the network share, 0 to 32.
  public let length: Int

  /// Everything: the destination of a default route.
  public static let everything = IPv4Prefix(IPv4(bits: 0), length: 0)

  /// The caller promises a length between 0 and 32.
  public init(_ address: IPv4, length: Int) {
    precondition((0...32).contains(length))
    self.address = address
    self.length = length
  }

  /// Reads `10.0.1.7/24`; without a length it is one host, `/32`. Nil for anything else.
  public init?(text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let address = IPv4(text: parts[0]) else { return nil }
    let length = parts.count == 1 ? 32 : Int(parts[1]) ?? -1
    guard (0...32).contains(length) else { return nil }
    self.init(address, length: length)
  }

  /// Reads a network with room for hosts, `10.77.0.0/16`; nil for anything else, when a host bit
  /// is set, and when the length is not 1 to 30.
  public init?(network text: some StringProtocol) {
    self.init(text: text)
    guard (1...30).contains(length), address == first else { return nil }
  }

  /// Whether an address lies in the network.
  public func contains(_ other: IPv4) -> Bool { (address.bits ^ other.bits) & mask == 0 }

  /// The first address of the network, which names it and is no host's.
  public var first: IPv4 { IPv4(bits: address.bits & mask) }

  /// The last address of the network, to which a broadcast goes.
  public var broadcast: IPv4 { IPv4(bits: address.bits | ~mask) }

  public static func < (a: Self, b: Self) -> Bool {
    (a.address, a.length) < (b.address, b.length)
  }

  /// One bit for every bit of the prefix. A shift by the whole width is zero in Swift.
  private var mask: UInt32 { UInt32.max << (32 - length) }
}

extension IPv4Prefix: CustomStringConvertible {
  public var description: String { "\(address)/\(length)" }
}
