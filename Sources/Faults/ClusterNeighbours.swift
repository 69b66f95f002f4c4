public import Basics

/// What nodes believe about each other's hardware addresses: their kernels' neighbour tables.
public protocol ClusterNeighbours {
  /// What a node believes about who has an address; nil where it has no entry for it.
  func neighbour(_ address: IPAddress, of node: NodeID) throws(FaultError) -> NeighbourEntry?
  /// From now on a node sends what is for an address to an interface of `holder`, whoever announces what.
  func fixNeighbour(_ address: IPAddress, of node: NodeID, at holder: NodeID) throws(FaultError)
  /// Removes an entry that was fixed, so that the node asks anew; nothing when there is none.
  func releaseNeighbour(_ address: IPAddress, of node: NodeID) throws(FaultError)
  /// Removes what a node believes about others, where it has learnt it: it asks anew before it sends.
  func forgetNeighbours(_ others: Set<NodeID>, of node: NodeID) throws(FaultError)
}

/// An entry of a node's neighbour table.
public struct NeighbourEntry: Hashable, Sendable {
  /// Where the node sends what is for the address; nil while it does not know.
  public var hardwareAddress: MAC?
  /// Whose interface that is; nil where it is no node's.
  public var holder: NodeID?
  /// Whether it stays as it is, whatever anybody announces.
  public var isFixed: Bool

  /// As the node's kernel has it.
  public init(hardwareAddress: MAC?, holder: NodeID?, isFixed: Bool) {
    self.hardwareAddress = hardwareAddress
    self.holder = holder
    self.isFixed = isFixed
  }
}
