/// The 48-bit hardware address of an Ethernet interface.
public struct MAC: Hashable, Sendable {
  /// In the low 48 bits; the first byte on the wire is the highest.
  public let bits: UInt64

  /// The address of all hosts of a segment, `ff:ff:ff:ff:ff:ff`.
  public static let broadcast = MAC(bits: 0xffff_ffff_ffff)

  /// Takes the low 48 bits and drops the others.
  @inlinable public init(bits: UInt64) { self.bits = bits & 0xffff_ffff_ffff }

  /// Reads `02:00:00:00:00:0a`; nil when it is not six hexadecimal bytes.
  public init?(text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 6 else { return nil }
    var bits: UInt64 = 0
    for part in parts {
      guard part.utf8.count <= 2, part.first != "+", let byte = UInt8(part, radix: 16) else {
        return nil
      }
      bits = bits << 8 | UInt64(byte)
    }
    self.bits = bits
  }

  /// Whether a frame to it is meant for a group (broadcast included): the lowest bit of byte one.
  @inlinable public var isMulticast: Bool { bits & 0x0100_0000_0000 != 0 }

  /// The address by which its interface's kernel speaks to neighbours over IPv6 (RFC 4291, appendix A).
  public var linkLocal: IPAddress {
    let upper = ((bits ^ 0x0200_0000_0000) >> 24) << 40
    let identifier = upper | 0xff_fe00_0000 | bits & 0xff_ffff
    return IPAddress(.v6, bits: 0xfe80 << 112 | UInt128(identifier))
  }

  /// The six bytes as they stand on the wire.
  public var bytes: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: bits >> (40 - 8 * $0)) } }
}

extension MAC: CustomStringConvertible {
  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }
}
