public import Basics
public import Linux

extension Node {
  /// Every address the node holds now, `lo` included, in order.
  public func addresses() throws(NodesError) -> [InterfaceAddress] {
    try system { () throws(Errno) in try ground.netlink.addresses() }
  }

  /// Its interfaces as they are now.
  public func links() throws(NodesError) -> [Netlink.Link] {
    try system { () throws(Errno) in try ground.netlink.links() }
  }

  /// Its routes as they are now, those aside that its kernel makes for addresses.
  public func routes() throws(NodesError) -> [Netlink.Route] {
    try system { () throws(Errno) in try ground.netlink.routes().filter { !$0.isKernels } }
  }

  /// What a machine that lost its power comes back with: removes every address and route that was
  /// not configured (a floating address, say) and adds those that are missing; its packet filter has no rules but
  /// those that the node was made with, and knows no connection any more.
  ///
  /// - Returns: the addresses that were removed.
  @discardableResult
  public func restoreAddresses() throws(NodesError) -> [InterfaceAddress] {
    try system { () throws(Errno) in
      let configured = Set(
        spec.interfaces.flatMap { interface in
          interface.addresses.map { InterfaceAddress(interface: interface.name, prefix: $0) }
        })
      let held = try ground.netlink.addresses()
      let kernels = try kernelsOwn()
      let surplus = held.filter {
        !configured.contains($0) && !kernels.contains($0) && $0.interface != "lo"
      }
      for address in surplus {
        // Deleting a primary address takes its secondaries with it: gone is what was wanted.
        do throws(Errno) { try ground.netlink.delete(address) } catch  where error.isGone {}
      }
      let left = Set(try ground.netlink.addresses())
      for address in configured.subtracting(left).sorted() { try ground.netlink.add(address) }
      try removeSurplusRoutes()
      try restoreRoutes()
      try restoreFilter()
      return surplus
    }
  }

  /// Sets an interface up or down as an operator on the node would. Routes that the kernel
  /// removes when it goes down are put back when it comes up.
  public func setLink(_ interface: String, up: Bool) throws(NodesError) {
    try system { () throws(Errno) in
      try ground.netlink.setLink(interface, up: up)
      if up { try restoreRoutes() }
    }
  }

  /// A kernel without a packet filter has nothing to forget.
  private func restoreFilter() throws(Errno) {
    guard let netfilter = ground.netfilter else { return }
    try netfilter.forgetTables()
    try NodeGround.masquerade(spec, by: netfilter, ground.netlink)
    try netfilter.forgetConnections()
  }

  /// What the kernel gives an interface by itself as soon as that speaks IPv6.
  private func kernelsOwn() throws(Errno) -> Set<InterfaceAddress> {
    Set(
      try ground.netlink.links().compactMap { link in
        link.ethernetAddress.map {
          InterfaceAddress(interface: link.name, prefix: IPPrefix($0.linkLocal, length: 64))
        }
      })
  }

  private func removeSurplusRoutes() throws(Errno) {
    for route in try ground.netlink.routes() where !route.isKernels {
      let isConfigured = spec.routes.contains {
        $0.destination == route.destination && $0.gateway == route.gateway
      }
      if isConfigured { continue }
      // A route goes with the address that it was on.
      do throws(Errno) {
        try ground.netlink.deleteRoute(to: route.destination, via: route.gateway)
      } catch  where error.isGone {}
    }
  }

  /// A route over an interface that is down waits until it comes up; any other must be there.
  private func restoreRoutes() throws(Errno) {
    let isAnyDown = try ground.netlink.links().contains { !$0.isUp }
    for route in spec.routes {
      do throws(Errno) {
        try ground.netlink.addRoute(
          to: route.destination, via: route.gateway, interface: route.interface)
      } catch  where error.isThere || (error.isUnreachable && isAnyDown) {}
    }
  }
}

extension Node {
  /// What its kernel believes about who has which address.
  public func neighbours() throws(NodesError) -> [Netlink.Neighbour] {
    try system { () throws(Errno) in try ground.netlink.neighbours() }
  }

  /// It sends what is for an address there from now on, whatever is announced.
  public func fixNeighbour(_ address: IPAddress, at place: MAC, on interface: String)
    throws(NodesError)
  {
    try system { () throws(Errno) in
      try ground.netlink.fixNeighbour(address, at: place, on: interface)
    }
  }

  /// Removes the entries of its neighbour table that are meant; one that is gone already does no harm.
  public func forgetNeighbours(where isMeant: (Netlink.Neighbour) -> Bool) throws(NodesError) {
    try system { () throws(Errno) in
      for neighbour in try ground.netlink.neighbours() where isMeant(neighbour) {
        do throws(Errno) { try ground.netlink.delete(neighbour) } catch  where error.isGone {}
      }
    }
  }
}
