public import Basics

/// Where a page is served: an address of this machine and a port.
public struct ListenAddress: Hashable, Sendable {
  /// All zeros stands for every address of its family.
  public let address: IPAddress
  /// 0 stands for a free one.
  public let port: UInt16

  /// An address and a port of it.
  public init(_ address: IPAddress, _ port: UInt16) {
    self.address = address
    self.port = port
  }

  /// 127.0.0.1 and a free port.
  public static let usual = ListenAddress(IPAddress(.v4, bits: 0x7f00_0001), 0)

  /// Reads `127.0.0.1:8080` or `[::1]:8080`; nil for anything else.
  public init?(text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    let host = text[..<colon]
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
      let port = UInt16(digits)
    else { return nil }
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    guard let address = IPAddress(text: isBracketed ? host.dropFirst().dropLast() : host),
      isBracketed == (address.family == .v6)
    else { return nil }
    self.init(address, port)
  }

  /// Whether only this machine can reach it: 127.0.0.0/8 (RFC 1122), ::1 (RFC 4291).
  public var isLoopback: Bool {
    address.family == .v4 ? address.bits >> 24 == 127 : address.bits == 1
  }

  /// Whether it means every address of its family.
  public var isEverywhere: Bool { address.bits == 0 }

  /// Where a browser on this machine finds it, as a URL writes it: without port 80.
  public var host: String {
    let loopback =
      address.family == .v4 ? IPAddress(.v4, bits: 0x7f00_0001) : IPAddress(.v6, bits: 1)
    let shown = (isEverywhere ? loopback : address).inURL
    return port == 80 ? shown : "\(shown):\(port)"
  }

  /// Whether a `Host` header may name it so (RFC 9110, section 7.2). A name is refused, whatever it resolves to
  /// just now: a page from elsewhere could have made it resolve to us (DNS rebinding).
  public func isNamed(by header: String) -> Bool {
    guard isEverywhere else { return header == host }
    // An address cannot be made to mean another one.
    guard let named = ListenAddress(text: header) ?? ListenAddress(text: header + ":80") else {
      return false
    }
    return named.port == port && named.address.family == address.family
  }
}

extension ListenAddress: CustomStringConvertible {
  public var description: String { "\(address.inURL):\(port)" }
}
