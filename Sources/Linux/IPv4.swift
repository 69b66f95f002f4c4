/// An IPv4 address.
public struct IPv4: Hashable, Comparable, Sendable {
  /// The first byte of the dotted form is the highest.
  public let bits: UInt32

  public init(bits: UInt32) { self.bits = bits }

  /// `10.0.1.7`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard part.count <= 3, part.allSatisfy({ $0.isASCII && $0.isNumber }),
        let byte = UInt8(part)
      else { return nil }
      bits = bits << 8 | UInt32(byte)
    }
    self.bits = bits
  }

  public static func < (a: IPv4, b: IPv4) -> Bool { a.bits < b.bits }

  /// The four bytes in the order of the wire.
  public var bytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) } }
}

extension IPv4: CustomStringConvertible {
  public var description: String { bytes.map(String.init).joined(separator: ".") }
}

/// An IPv4 address with the length of its network's prefix: `10.0.1.7/24`.
public struct IPv4Prefix: Hashable, Comparable, Sendable {
  public let address: IPv4
  /// 0…32.
  public let length: Int

  public init(_ address: IPv4, length: Int) {
    self.address = address
    self.length = length
  }

  /// `10.0.1.7/24`; without a length it is one host, `/32`. Nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let address = IPv4(parts[0]) else { return nil }
    let length = parts.count == 1 ? 32 : Int(parts[1]) ?? -1
    guard (0...32).contains(length) else { return nil }
    self.init(address, length: length)
  }

  /// Everything: the destination of a default route.
  public static let everything = IPv4Prefix(IPv4(bits: 0), length: 0)

  public static func < (a: Self, b: Self) -> Bool {
    (a.address, a.length) < (b.address, b.length)
  }
}

extension IPv4Prefix: CustomStringConvertible {
  public var description: String { "\(address)/\(length)" }
}

/// An IPv4 address as an interface holds it.
public struct InterfaceAddress: Hashable, Comparable, Sendable {
  public let interface: String
  public let prefix: IPv4Prefix

  public init(interface: String, prefix: IPv4Prefix) {
    self.interface = interface
    self.prefix = prefix
  }

  public static func < (a: Self, b: Self) -> Bool {
    (a.interface, a.prefix) < (b.interface, b.prefix)
  }
}

extension InterfaceAddress: CustomStringConvertible {
  public var description: String { "\(prefix) on \(interface)" }
}
