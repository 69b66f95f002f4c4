import Basics
import Faults

extension FakeCluster {
  func neighbour(_ address: IPAddress, of node: NodeID) throws(FaultError) -> NeighbourEntry? {
    neighbours["\(node) \(address)"]
  }

  func fixNeighbour(_ address: IPAddress, of node: NodeID, at holder: NodeID) throws(FaultError) {
    try act("fix \(address) on \(node) at \(holder)")
    guard takesNeighbours else { return }
    neighbours["\(node) \(address)"] = NeighbourEntry(
      hardwareAddress: MAC(bits: 0x02), holder: holder, isFixed: true)
  }

  func releaseNeighbour(_ address: IPAddress, of node: NodeID) throws(FaultError) {
    try act("release \(address) on \(node)")
    neighbours["\(node) \(address)"] = nil
  }

  func forgetNeighbours(_ others: Set<NodeID>, of node: NodeID) throws(FaultError) {
    try act("forget \(others.sorted().map(\.text).joined(separator: ",")) on \(node)")
  }
}
