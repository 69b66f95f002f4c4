public import Basics

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
