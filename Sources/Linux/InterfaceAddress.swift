public import Basics

/// An address as an interface holds it.
public struct InterfaceAddress: Hashable, Comparable, Sendable {
  /// The interface's name in its network namespace.
  public let interface: String
  /// The address, with the length of its network's prefix.
  public let prefix: IPPrefix

  /// That address on that interface, whether or not it is held.
  public init(interface: String, prefix: IPPrefix) {
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
