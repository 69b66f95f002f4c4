/// An IPv4 address.
public struct IPv4: Hashable, Sendable, Comparable {
  /// In host order: `10.0.0.1` is 0x0a000001.
  public let bits: UInt32

  public init(bits: UInt32) { self.bits = bits }

  /// Reads four numbers with dots; nil for anything else, a leading zero included.
  public init?(text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard let number = UInt8(part), String(number) == part else { return nil }
      bits = bits << 8 | UInt32(number)
    }
    self.bits = bits
  }

  public static func < (a: IPv4, b: IPv4) -> Bool { a.bits < b.bits }
}

extension IPv4: CustomStringConvertible {
  public var description: String {
    "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
  }
}

/// A range of addresses: `10.77.0.0/16`.
public struct Subnet: Hashable, Sendable {
  /// The first address; its host bits are zero.
  public let base: IPv4
  /// How many leading bits all its addresses share, 1 to 30.
  public let prefix: Int

  /// Reads `10.77.0.0/16`; nil for anything else, and when a host bit is set.
  public init?(text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let base = IPv4(text: parts[0]), let prefix = Int(parts[1]),
      (1...30).contains(prefix), base.bits << prefix == 0
    else { return nil }
    self.base = base
    self.prefix = prefix
  }

  public func contains(_ address: IPv4) -> Bool {
    (address.bits ^ base.bits) >> (32 - prefix) == 0
  }

  /// The last address, to which a broadcast goes.
  public var broadcast: IPv4 { IPv4(bits: base.bits | (UInt32.max >> prefix)) }
}

extension Subnet: CustomStringConvertible {
  public var description: String { "\(base)/\(prefix)" }
}

/// The hardware address of an interface.
public struct MAC: Hashable, Sendable {
  /// In the low 48 bits; the first byte on the wire is the highest.
  public let bits: UInt64

  public init(bits: UInt64) { self.bits = bits }

  /// A locally administered unicast address that follows from where the interface is, so that
  /// the same stack has the same addresses in every run.
  public init(node: Int, interface: Int) {
    bits = 0x02_fa_00_00_00_00 | UInt64(node & 0xffff) << 8 | UInt64(interface & 0xff)
  }

  public var bytes: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: bits >> (40 - 8 * $0)) } }
}

extension MAC: CustomStringConvertible {
  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }
}
