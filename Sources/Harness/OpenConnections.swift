import Basics
import Fabric
import Faults
import Links
import Linux
import Nodes
import Packets
import Stacks

/// The TCP connections that are open on the ways of a policy, by the tables of the nodes' own kernels.
struct OpenConnections: Sendable {
  private struct Open: Sendable, Hashable {
    let node: NodeID
    let connection: SocketTable.Connection
    /// Where a frame from its other end would come in, and the hardware addresses of both.
    let network: String
    let place: MAC
    let other: MAC
  }

  private let open: [Open]

  /// Those that a source of the policy has to one of its targets now, whichever end began them.
  init(_ policy: Policy, _ ways: [PolicyRoutes.Way], in lab: Lab) throws {
    var open: [Open] = []
    let targets = Dictionary(grouping: ways.filter { !$0.hops.isEmpty }, by: \.source)
    for (source, ways) in targets.sorted(by: { $0.key < $1.key }) {
      let table = try Self.table(of: source, in: lab)
      for target in ways.compactMap({ lab.stack.node($0.target) }) {
        let own = try target.interfaces.flatMap(\.ips) + Self.floating(on: target, in: lab)
        for connection in table where own.contains(connection.remote.address) {
          let ports = [connection.local.port, connection.remote.port]
          guard policy.kind?.port.map(ports.contains) ?? true,
            let interface = lab.stack.node(source)?.interfaces.first(where: {
              $0.isNear(connection.local.address)
            })
          else { continue }
          open.append(
            Open(
              node: source, connection: connection, network: interface.network,
              place: interface.mac, other: target.interfaces[0].mac))
        }
      }
    }
    self.open = open
  }

  /// How many they were.
  var count: Int { open.count }

  /// How many of them are still established.
  func left(in lab: Lab) throws -> Int {
    var left = 0
    for (node, open) in Dictionary(grouping: open, by: \.node) {
      let table = Set(try Self.table(of: node, in: lab))
      left += open.count { table.contains($0.connection) }
    }
    return left
  }

  /// Has the kernels of the policy's sources say something on each: one that is idle would never meet the policy.
  ///
  /// To a SYN on an established connection a kernel answers with an acknowledgement of what it expects, and changes
  /// nothing (RFC 5961, section 4.2).
  func provoke(through fabric: Switch) {
    for one in open {
      let (local, remote) = (one.connection.local, one.connection.remote)
      let frame = IPFrame(
        link: (one.other, one.place),
        network: (remote.address, local.address))
      fabric.deliver(
        frame.bytes(.tcp, TCPReset.opening(from: remote.port, to: local.port)), to: one.node,
        in: SegmentID(one.network))
    }
  }

  /// The floating addresses that a node holds.
  private static func floating(on node: StackNode, in lab: Lab) throws -> [IPAddress] {
    try lab.stack.addresses.filter { address in
      guard node.interface(on: address.network) != nil else { return false }
      return try lab.owners(of: address.name).contains(node.id)
    }.map(\.ip)
  }

  private static func table(of node: NodeID, in lab: Lab) throws -> [SocketTable.Connection] {
    guard let node = lab.nodes[node] else { return [] }
    return try node.sync(entering: [.network]) { try SocketTable().established }
  }
}
