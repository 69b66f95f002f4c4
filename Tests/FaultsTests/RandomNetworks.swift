import Basics
import Links
import YAML

@testable import Stacks

/// A random stack of networks with routers between them, and how a packet really goes there, hop by hop.
struct RandomNetworks {
  let stack: ResolvedStack

  init(_ chance: inout Chance) throws {
    let networks = 2 + chance.below(3)
    // A chain of routers joins all networks; others join some of them a second time.
    var routers = (1..<networks).map { [$0 - 1, $0] }
    for _ in 0..<chance.below(3) {
      let ends = (0..<networks).filter { _ in chance.below(2) == 0 }
      if ends.count > 1 { routers.append(ends) }
    }
    let hosts = (0..<2 + chance.below(4)).map { _ in
      let home = chance.below(networks)
      return chance.below(4) == 0 ? Array(Set([home, chance.below(networks)])).sorted() : [home]
    }
    var lines = ["title: t", "sites: [s]", "networks:"]
    for network in 0..<networks { lines.append("  n\(network): {subnet: 10.\(network).0.0/24}") }
    lines.append("addresses: {vip: {ip: 10.0.0.200, network: n0}}")
    lines.append("nodes:")
    let all = routers + hosts
    for (index, own) in all.enumerated() {
      let nets = own.map { "n\($0): 10.\($0).0.\(index + 1)" }.joined(separator: ", ")
      let isRouter = index < routers.count
      let routes = Self.routes(of: index, all, routers.count, networks, &chance)
      lines.append(
        "  x\(index): {site: s, role: r, networks: {\(nets)}, forwards: \(isRouter), routes: [\(routes)]}"
      )
    }
    let library = MemoryLibrary(texts: ["s.yaml": lines.joined(separator: "\n")])
    stack = try ResolvedStack.resolve(
      StackOutline.read("s.yaml", from: library), given: [], components: ["c"], library: library,
      machine: .imaginary, at: Mark(file: ""))
  }

  /// To every network that it is not on, over a neighbour that is nearer; some are left out.
  private static func routes(
    of node: Int, _ all: [[Int]], _ routers: Int, _ networks: Int, _ chance: inout Chance
  ) -> String {
    var routes: [String] = []
    for network in 0..<networks where !all[node].contains(network) && chance.below(8) > 0 {
      let distance = distances(to: network, all, routers)
      var best: (distance: Int, text: String)?
      for router in 0..<routers where router != node {
        guard let shared = all[router].first(where: { all[node].contains($0) }),
          distance[router] < (best?.distance ?? .max)
        else { continue }
        best = (distance[router], "{to: 10.\(network).0.0/24, via: 10.\(shared).0.\(router + 1)}")
      }
      if let best { routes.append(best.text) }
    }
    return routes.joined(separator: ", ")
  }

  /// Of each router from a network, in routers.
  private static func distances(to network: Int, _ all: [[Int]], _ routers: Int) -> [Int] {
    var distance = (0..<routers).map { all[$0].contains(network) ? 0 : 1000 }
    for _ in 0..<routers {
      for one in 0..<routers {
        for other in 0..<routers where !Set(all[one]).isDisjoint(with: all[other]) {
          distance[one] = min(distance[one], distance[other] + 1)
        }
      }
    }
    return distance
  }

  /// The nodes that a packet for an address passes, by nothing but tables; nil where it gets lost.
  ///
  /// - Parameter holder: who has the floating address.
  func trace(from source: NodeID, to ip: IPAddress, holder: NodeID) -> [NodeID]? {
    var passed = [source]
    while passed.count < 20 {
      guard let node = stack.node(passed.last!) else { return nil }
      if isHeld(ip, by: node, holder) { return passed }
      let next: IPAddress
      if node.interfaces.contains(where: { $0.isNear(ip) }) {
        next = ip
      } else {
        guard passed.count == 1 || node.forwards,
          let route = node.routes.first(where: { $0.destination.contains(ip) })
        else { return nil }
        next = route.gateway
      }
      guard let taker = stack.nodes.first(where: { isHeld(next, by: $0, holder) }) else {
        return nil
      }
      passed.append(taker.id)
    }
    return nil
  }

  private func isHeld(_ ip: IPAddress, by node: StackNode, _ holder: NodeID) -> Bool {
    node.interfaces.contains { $0.holds(ip) }
      || (node.id == holder && stack.addresses.contains { $0.ip == ip })
  }
}
