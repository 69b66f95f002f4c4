import Basics
import Faults
import Linux
import Nodes
import Stacks

/// What faults may do to the neighbour tables of the nodes' kernels.
extension Lab {
  func neighbour(_ address: IPAddress, of id: NodeID) throws(FaultError) -> NeighbourEntry? {
    let node = try node(id)
    return try attempt("read the neighbour table of \(id)") {
      try node.neighbours().first { $0.address == address }.map { entry in
        NeighbourEntry(
          hardwareAddress: entry.hardwareAddress, holder: entry.hardwareAddress.flatMap(holder),
          isFixed: entry.isPermanent)
      }
    }
  }

  func fixNeighbour(_ address: IPAddress, of id: NodeID, at holder: NodeID) throws(FaultError) {
    let node = try node(id)
    guard
      let own = stack.node(id)?.interfaces.enumerated().first(where: {
        $0.element.isNear(address)
      }), let place = stack.node(holder)?.interface(on: own.element.network)
    else {
      throw FaultError("fix who has \(address) on \(id)", "\(holder) is no neighbour of it there")
    }
    try attempt("fix who has \(address) on \(id)") {
      try node.fixNeighbour(
        address, at: place.mac, on: node.spec.interfaces[own.offset].name)
    }
  }

  func releaseNeighbour(_ address: IPAddress, of id: NodeID) throws(FaultError) {
    let node = try node(id)
    try attempt("forget who has \(address) on \(id)") {
      try node.forgetNeighbours { $0.address == address && $0.isPermanent }
    }
  }

  func forgetNeighbours(_ others: Set<NodeID>, of id: NodeID) throws(FaultError) {
    let node = try node(id)
    let places = Set(others.compactMap { stack.node($0) }.flatMap(\.interfaces).map(\.mac))
    try attempt("forget the neighbours of \(id)") {
      try node.forgetNeighbours { entry in
        !entry.isPermanent && (entry.hardwareAddress.map(places.contains) ?? false)
      }
    }
  }

  private func holder(of place: MAC) -> NodeID? {
    stack.nodes.first { $0.interfaces.contains { $0.mac == place } }?.id
  }
}
