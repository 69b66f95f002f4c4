/// The 48-bit hardware address of an Ethernet interface.
public struct MACAddress: Hashable, Sendable {
  /// The address in the low 48 bits, its first byte on the wire being the highest.
  public let bits: UInt64

  public static let broadcast = MACAddress(bits: 0xffff_ffff_ffff)

  @inlinable public init(bits: UInt64) { self.bits = bits & 0xffff_ffff_ffff }

  /// Reads six bytes at `offset`; the caller promises that they are there.
  @inlinable public init(reading bytes: RawSpan, at offset: Int) {
    bits = UInt64(bytes.uint32(at: offset)) << 16 | UInt64(bytes.uint16(at: offset + 4))
  }

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

  /// Whether the frame is meant for a group (broadcast included): the lowest bit of byte one.
  @inlinable public var isMulticast: Bool { bits & 0x0100_0000_0000 != 0 }

  /// The six bytes as they stand on the wire.
  public var bytes: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: bits >> (40 - 8 * $0)) } }
}

extension MACAddress: CustomStringConvertible {
  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }
}
