/// An IPv4 address.
public struct IPv4: Hashable, Comparable, Sendable {
  /// The address as a number: `10.0.0.1` is 0x0a000001.
  public let bits: UInt32

  /// Any number is an address; the first of its four parts is in the highest byte.
  @inlinable public init(bits: UInt32) { self.bits = bits }

  /// Reads four decimal bytes with dots; nil for anything else. A leading zero is refused: some
  /// programs read it as octal.
  public init?(text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard let byte = UInt8(part), String(byte) == part else { return nil }
      bits = bits << 8 | UInt32(byte)
    }
    self.bits = bits
  }

  /// The four bytes as they stand on the wire.
  public var bytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) } }

  public static func < (a: IPv4, b: IPv4) -> Bool { a.bits < b.bits }
}

extension IPv4: CustomStringConvertible {
  public var description: String { bytes.map { String($0) }.joined(separator: ".") }
}
