/// An Internet address of version 4.
public struct IPv4Address: Hashable, Sendable, Comparable {
  /// The address as a number, `10.0.0.1` being `0x0a000001`.
  public let bits: UInt32

  @inlinable public init(bits: UInt32) { self.bits = bits }

  /// Reads `10.0.0.1`; nil when it is not four decimal bytes.
  public init?(text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard part.first?.isNumber == true, let byte = UInt8(part) else { return nil }
      bits = bits << 8 | UInt32(byte)
    }
    self.bits = bits
  }

  public static func < (a: IPv4Address, b: IPv4Address) -> Bool { a.bits < b.bits }
}

extension IPv4Address: CustomStringConvertible {
  public var description: String {
    [24, 16, 8, 0].map { String(bits >> $0 & 0xff) }.joined(separator: ".")
  }
}
