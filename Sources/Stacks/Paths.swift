public import Basics

/// Which way packets take, by the interfaces and routes that the stack gives its nodes. What a
/// running server changes about them is not known here.
extension ResolvedStack {
  /// The nodes that a packet from one node passes until it is at the other, both included: two
  /// where they share a network, more where nodes between them forward. Nil when there is no way.
  ///
  /// Of a node with several addresses the first that can be reached is meant. The way back may be
  /// another, or none.
  public func path(from source: NodeID, to target: NodeID) -> [NodeID]? {
    guard let start = node(source), let end = node(target) else { return nil }
    if source == target { return [source] }
    return inOrder(end, seenFrom: start).lazy.compactMap { ip in
      var passed: Set<NodeID> = []
      return self.way(from: start, to: ip, held: end, &passed)
    }.first
  }

  /// The same for one address, held by the target.
  public func path(from source: NodeID, to ip: IPAddress, heldBy target: NodeID) -> [NodeID]? {
    guard let start = node(source), let end = node(target) else { return nil }
    var passed: Set<NodeID> = []
    return way(from: start, to: ip, held: end, &passed)
  }

  /// A packet from one node gets to the other, over routers where need be.
  public func reaches(from source: NodeID, to target: NodeID) -> Bool {
    path(from: source, to: target) != nil
  }

  /// Who, between two nodes, puts an address of its own in the place of the sender's; nil where packets
  /// arrive as they were sent, or not at all.
  public func masquerader(from source: NodeID, to target: NodeID) -> NodeID? {
    let hops = path(from: source, to: target) ?? []
    return zip(hops, hops.dropFirst()).dropFirst().first { router, next in
      guard let router = node(router), let next = node(next) else { return false }
      return router.masquerades.contains { next.interface(on: $0) != nil }
    }?.0
  }

  /// The address by which one node reaches another: that on a network they share, else the first
  /// there is a way to, else its first.
  public func address(of target: StackNode, seenFrom source: StackNode) -> IPAddress {
    addresses(of: target, seenFrom: source).first ?? target.address
  }

  /// The address of each family by which one node reaches another, that of the preferred one first; none
  /// where there is no way.
  public func addresses(of target: StackNode, seenFrom source: StackNode) -> [IPAddress] {
    var found: [IPAddress] = []
    for ip in inOrder(target, seenFrom: source) {
      var passed: Set<NodeID> = []
      guard !found.contains(where: { $0.family == ip.family }),
        way(from: source, to: ip, held: target, &passed) != nil
      else { continue }
      found.append(ip)
    }
    return found
  }

  /// A node's addresses, those on the other's networks first.
  private func inOrder(_ node: StackNode, seenFrom other: StackNode) -> [IPAddress] {
    let isShared = { (interface: StackNode.Interface) in
      other.interface(on: interface.network) != nil
    }
    return (node.interfaces.filter(isShared) + node.interfaces.filter { !isShared($0) })
      .flatMap(\.ips)
  }

  /// - Parameter passed: who was tried already: a packet that comes back goes round for ever, and from
  ///   whom there was no way before there is none now.
  private func way(
    from node: StackNode, to ip: IPAddress, held target: StackNode, _ passed: inout Set<NodeID>
  ) -> [NodeID]? {
    if node.id == target.id { return [node.id] }
    if node.interfaces.contains(where: { $0.isNear(ip) }) { return [node.id, target.id] }
    let routes = node.routes.filter { $0.destination.contains(ip) }
    guard let route = routes.max(by: { $0.destination.length < $1.destination.length }) else {
      return nil
    }
    passed.insert(node.id)
    for next in holders(of: route.gateway) where next.forwards && !passed.contains(next.id) {
      if let rest = way(from: next, to: ip, held: target, &passed) {
        return [node.id] + rest
      }
    }
    return nil
  }

  /// Who has an address, or may have it: of a floating one the preferred node first, then every
  /// node on its network.
  private func holders(of ip: IPAddress) -> [StackNode] {
    guard let floating = addresses.first(where: { $0.ip == ip }) else {
      return nodes.filter { node in node.interfaces.contains { $0.holds(ip) } }
    }
    let near = nodes.filter { $0.interface(on: floating.network) != nil }
    return near.filter { $0.id == floating.preferred }
      + near.filter { $0.id != floating.preferred }
  }
}
