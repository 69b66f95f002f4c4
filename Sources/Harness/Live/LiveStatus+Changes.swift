import Basics
import Faults
import Linux
import Nodes
import Stacks
import Synchronization

/// What nobody did through Faultline.
extension LiveStatus {
  /// Interfaces, addresses and routes that are not as the stack has them, and servers that ended without a fault.
  func changes() -> [String] {
    let floating = Set(lab.stack.addresses.map(\.ip))
    let nodes = lab.stack.nodes.flatMap { node -> [String] in
      guard let real = lab.nodes[node.id],
        !lab.ledger.withLock({ $0.withoutPower.contains(node.id) })
      else { return [] }
      do throws(NodesError) {
        let up = Set(try real.links().filter(\.isUp).map(\.name))
        let own = node.interfaces.enumerated().map { ("eth\($0.offset)", $0.element.addresses) }
        let routes = node.routes.map {
          NodeSight.Way(destination: $0.destination, gateway: $0.gateway)
        }
        let seen = try real.routes().map {
          NodeSight.Way(destination: $0.destination, gateway: $0.gateway)
        }
        return NodeSight.changes(
          of: node.id, interfaces: own, floating: floating, up: up,
          held: Set(try real.addresses()))
          + NodeSight.changes(
            of: node.id, routes: Set(routes), seen: Set(seen),
            isDown: own.contains { !up.contains($0.0) })
      } catch { return ["\(node.id) cannot be looked at: \(error)"] }
    }
    let died = lab.supervisor.states.compactMap { instance, state -> String? in
      guard case .died(let exit) = state else { return nil }
      return "\(instance) died on its own: \(exit)"
    }
    return nodes + died
  }
}
