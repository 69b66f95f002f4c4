public import Basics

/// What passed on a network where everything should be encrypted: told once, when the traffic is over.
public struct LineHearing: Hashable, Sendable {
  /// The network's name in the stack.
  public var network: String
  /// How many packets exchanged keys.
  public var keys: Int
  /// How many were encrypted.
  public var sealed: Int
  /// From how many addresses encrypted packets came.
  public var senders: Int
  /// How many were later pieces of packets, of which nobody can tell what they are.
  public var pieces: Int
  /// How many passed in clear.
  public var clear: Int

  /// The counts of one network.
  public init(
    network: String, keys: Int, sealed: Int, senders: Int, pieces: Int, clear: Int
  ) {
    self.network = network
    self.keys = keys
    self.sealed = sealed
    self.senders = senders
    self.pieces = pieces
    self.clear = clear
  }
}

/// A stretch in which packets passed in clear on a network where everything should be encrypted.
public struct HeardInClear: Hashable, Sendable {
  /// The network's name in the stack.
  public var network: String
  /// The node that sent the first onto that network.
  public var node: NodeID
  /// What the first was, and from whom to whom: `10.1.0.5 to 10.2.0.7, TCP to port 5432`.
  public var what: String
  /// When the first passed.
  public var first: Instant
  /// When the last passed.
  public var last: Instant
  /// How many there were.
  public var packets: Int

  /// Packets in clear from `first` to `last`.
  public init(
    network: String, node: NodeID, what: String, first: Instant, last: Instant, packets: Int
  ) {
    self.network = network
    self.node = node
    self.what = what
    self.first = first
    self.last = last
    self.packets = packets
  }
}
