internal import Basics
internal import YAML

/// Routes between networks, read once every node and every address is known.
extension Topology {
  mutating func readRoutes() {
    for index in nodes.indices {
      var routes: [StackNode.Route] = []
      for element in nodes[index].routes {
        guard let route = route(element, of: nodes[index].node) else { continue }
        if routes.contains(where: { $0.destination == route.destination }) {
          problems.append(Problem(element.mark, "a route to \(route.destination) stands twice"))
        }
        routes.append(route)
      }
      nodes[index].node.routes = routes
    }
  }

  private mutating func route(_ element: YAMLNode, of node: StackNode) -> StackNode.Route? {
    var fields = Fields(element, of: "a route")
    let destination = fields.require("to").flatMap {
      self.destination($0, of: node, &fields.problems)
    }
    let gateway = fields.require("via").flatMap { self.gateway($0, of: node, &fields.problems) }
    fields.finish(into: &problems)
    guard let destination, let gateway else { return nil }
    guard destination.family == gateway.family else {
      problems.append(
        Problem(
          element.mark,
          "\(destination) is \(destination.family.name), and its gateway \(gateway) is not"))
      return nil
    }
    return StackNode.Route(destination: destination, gateway: gateway)
  }

  private func destination(
    _ value: YAMLNode, of node: StackNode, _ problems: inout [Problem]
  ) -> IPPrefix? {
    let text = value.text ?? ""
    guard text.contains("/"), let prefix = IPPrefix(text: text), prefix.address == prefix.first
    else {
      problems.append(
        Problem(
          value.mark,
          "'to' must be a network such as 10.2.0.0/16 or fd00:2::/64, or 0.0.0.0/0 or ::/0 for all, "
            + "not '\(text)'"))
      return nil
    }
    // The default route is for what nothing else covers; the node's own networks do not mind it.
    guard prefix.length > 0 else { return prefix }
    for own in node.interfaces {
      guard let subnet = own.subnets.first(where: { $0.overlaps(prefix) }) else { continue }
      problems.append(
        Problem(
          value.mark, "\(prefix) overlaps the node's own network '\(own.network)', \(subnet)"))
      return nil
    }
    return prefix
  }

  private func gateway(
    _ value: YAMLNode, of node: StackNode, _ problems: inout [Problem]
  ) -> IPAddress? {
    guard let ip = value.text.flatMap({ IPAddress(text: $0) }) else {
      problems.append(
        Problem(value.mark, "an IP address is expected here, not '\(value.text ?? "")'"))
      return nil
    }
    if let reason = refusal(of: ip, for: node, at: value.mark) {
      problems.append(reason)
      return nil
    }
    return ip
  }

  /// Why an address cannot be the gateway of a node; nil when it can.
  private func refusal(of ip: IPAddress, for node: StackNode, at mark: Mark) -> Problem? {
    guard let near = node.interfaces.first(where: { $0.isNear(ip) }) else {
      let own = node.interfaces.flatMap { interface in
        interface.subnets.map { "\(interface.network) \($0)" }
      }.joined(separator: ", ")
      return Problem(
        mark, "the gateway \(ip) is on no network of node '\(node.id)', which has \(own)")
    }
    if near.holds(ip) { return Problem(mark, "\(ip) is the address of node '\(node.id)' itself") }
    let neighbours = nodes.map(\.node).filter { $0.interface(on: near.network) != nil }
    if let holder = neighbours.first(where: { $0.interface(on: near.network)?.holds(ip) == true }) {
      return holder.forwards
        ? nil
        : Problem(mark, "node '\(holder.id)' forwards nothing; give it the key 'forwards: true'")
    }
    let floating = addresses.filter { $0.network == near.network }
    guard floating.contains(where: { $0.ip == ip }) else {
      let others = neighbours.filter { $0.id != node.id && $0.forwards }
      let known = others.flatMap { $0.interface(on: near.network)?.ips ?? [] } + floating.map(\.ip)
      return .unknown("gateway", "\(ip)", among: known.map(\.description), at: mark)
    }
    return neighbours.contains { $0.id != node.id && $0.forwards }
      ? nil
      : Problem(
        mark, "no other node on the network '\(near.network)' forwards, whoever holds \(ip)")
  }
}
