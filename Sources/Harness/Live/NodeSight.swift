import Basics
import Linux

/// What of a node is otherwise than the stack and the faults that are active make it: somebody changed it from
/// outside, through `exec` say, or a server of its own did.
enum NodeSight {
  /// A sentence for each change, in the order of the interfaces.
  ///
  /// - Parameters:
  ///   - interfaces: what should be there, with the node's own addresses.
  ///   - floating: addresses that come and go with whoever serves.
  ///   - up: the interfaces that are set to be up.
  ///   - held: all addresses that the node holds.
  static func changes(
    of node: NodeID, interfaces: [(name: String, addresses: [IPPrefix])],
    floating: Set<IPAddress>, up: Set<String>, held: Set<InterfaceAddress>
  ) -> [String] {
    let down = interfaces.map(\.name).filter { !up.contains($0) }.map {
      "interface \($0) of \(node) is down"
    }
    let own = Set(
      interfaces.flatMap { name, addresses in
        addresses.map { InterfaceAddress(interface: name, prefix: $0) }
      })
    // The kernel takes addresses of IPv6 from an interface that goes down; that it is down is said.
    let missing = own.subtracting(held).filter { up.contains($0.interface) }.sorted().map {
      "\(node) lacks its address \($0)"
    }
    let strange = held.subtracting(own).filter { one in
      one.interface != "lo" && !floating.contains(one.prefix.address) && !one.isLinkLocal
    }
    return down + missing + strange.sorted().map { "\(node) has another address, \($0)" }
  }
}

/// Ways to other networks.
extension NodeSight {
  /// A way to a network, as a stack and a kernel both know it.
  struct Way: Hashable, Comparable {
    let destination: IPPrefix
    let gateway: IPAddress?

    var text: String { gateway.map { "to \(destination) via \($0)" } ?? "to \(destination)" }

    static func < (one: Way, other: Way) -> Bool { one.text < other.text }
  }

  /// A sentence for each route that is missing or that nobody gave it. A kernel takes the routes of an interface that
  /// goes down, and that it is down is said; so then only what is new is.
  static func changes(
    of node: NodeID, routes: Set<Way>, seen: Set<Way>, isDown: Bool
  ) -> [String] {
    let missing = isDown ? [] : routes.subtracting(seen).sorted()
    return missing.map { "\(node) lacks its route \($0.text)" }
      + seen.subtracting(routes).sorted().map { "\(node) has another route, \($0.text)" }
  }
}

extension InterfaceAddress {
  /// What the kernel gives an interface by itself (RFC 4291, section 2.5.6).
  fileprivate var isLinkLocal: Bool { prefix.address.description.hasPrefix("fe80:") }
}
