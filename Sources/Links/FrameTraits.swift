public import Basics

/// What a frame's headers say, as far as policies tell frames apart.
public struct FrameTraits: Hashable, Sendable {
  /// Whether it resolves an IPv4 address (RFC 826).
  public var isARP = false
  /// Whether it asks for or tells the hardware address of an IPv6 neighbour (RFC 4861, sections 4.3 and 4.4).
  public var isNeighbourDiscovery = false
  /// Who sent the packet in it, as that says itself; nil where there is none.
  public var source: IPAddress?
  /// Whom the packet in it is for; nil where there is none.
  public var target: IPAddress?
  /// The number of the protocol above IP; nil where there is none.
  public var transport: UInt8?
  /// The sender's and the receiver's port; nil where there are none, or a fragment does not say.
  public var ports: [UInt16] = []

  /// Neither ARP nor IP.
  public init() {}
}
