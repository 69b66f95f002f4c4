/// An IPv4 or an IPv6 address.
public struct IPAddress: Hashable, Comparable, Sendable {
  /// Which of the two kinds of address it is.
  public enum Family: Int, Hashable, Sendable, CaseIterable {
    /// Four bytes (RFC 791).
    case v4
    /// Sixteen bytes (RFC 4291).
    case v6

    /// How many bits its addresses have.
    public var width: Int { self == .v4 ? 32 : 128 }
    /// As people call it: `IPv4`, `IPv6`.
    public var name: String { self == .v4 ? "IPv4" : "IPv6" }
  }

  /// Its kind; an IPv6 address that maps an IPv4 one is still an IPv6 address.
  public let family: Family
  /// The address as a number; that of an IPv4 address is in the low 32 bits.
  public let bits: UInt128

  /// The bits beyond those of the family are dropped.
  public init(_ family: Family, bits: UInt128) {
    self.family = family
    self.bits = family == .v4 ? bits & 0xffff_ffff : bits
  }

  /// The same address as one of either family.
  public init(_ address: IPv4) { self.init(.v4, bits: UInt128(address.bits)) }

  /// Reads four or sixteen bytes in the order of the wire; nil for any other number of them.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.init(bytes.count == 4 ? .v4 : .v6, bits: bytes.reduce(0) { $0 << 8 | UInt128($1) })
  }

  /// Reads `10.0.0.1` or `fd00::1`; nil for anything else, a zone (`%eth0`) included.
  public init?(text: some StringProtocol) {
    if let address = IPv4(text: text) {
      self.init(address)
    } else if let bits = IPv6Text.read(String(text)) {
      self.init(.v6, bits: bits)
    } else {
      return nil
    }
  }

  /// The bytes as they stand on the wire, four or sixteen.
  public var bytes: [UInt8] {
    stride(from: family.width - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> $0) }
  }

  /// The address where it is an IPv4 one; else nil.
  public var v4: IPv4? { family == .v4 ? IPv4(bits: UInt32(truncatingIfNeeded: bits)) : nil }

  /// Whether it is meant for one segment only: 169.254.0.0/16 (RFC 3927), fe80::/10 (RFC 4291).
  public var isLinkLocal: Bool {
    family == .v4 ? bits >> 16 == 0xa9fe : bits >> 118 == 0xfe80 >> 6
  }

  /// Whether it means a group of hosts: 224.0.0.0/4, ff00::/8.
  public var isMulticast: Bool { family == .v4 ? bits >> 28 == 0xe : bits >> 120 == 0xff }

  /// As it stands in a URL: an IPv6 address in brackets (RFC 3986, section 3.2.2).
  public var inURL: String { family == .v4 ? description : "[\(description)]" }

  /// IPv4 before IPv6, each in the order of its numbers.
  public static func < (a: IPAddress, b: IPAddress) -> Bool {
    (a.family.rawValue, a.bits) < (b.family.rawValue, b.bits)
  }
}

extension IPAddress: CustomStringConvertible {
  public var description: String { v4?.description ?? IPv6Text.text(of: bits) }
}
