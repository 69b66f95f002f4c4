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
    return StackNode.Route(destination: destination, gateway: gateway)
  }

  private func destination(
    _ value: YAMLNode, of node: StackNode, _ problems: inout [Problem]
  ) -> IPv4Prefix? {
    let text = value.text ?? ""
    guard text.contains("/"), let prefix = IPv4Prefix(text: text), prefix.address == prefix.first
    else {
      problems.append(
        Problem(
          value.mark,
          "'to' must be an IPv4 network such as 10.2.0.0/16, or 0.0.0.0/0 for all, not '\(text)'"))
      return nil
    }
    // The default route is for what nothing else covers; the node's own networks do not mind it.
    guard prefix.length > 0 else { return prefix }
    if let own = node.interfaces.first(where: { $0.subnet.overlaps(prefix) }) {
      problems.append(
        Problem(
          value.mark,
          "\(prefix) overlaps the node's own network '\(own.network)', \(own.subnet)"))
      return nil
    }
    return prefix
  }

  private func gateway(
    _ value: YAMLNode, of node: StackNode, _ problems: inout [Problem]
  ) -> IPv4? {
    guard let ip = value.text.flatMap({ IPv4(text: $0) }) else {
      problems.append(
        Problem(value.mark, "an IPv4 address is expected here, not '\(value.text ?? "")'"))
      return nil
    }
    if let reason = refusal(of: ip, for: node, at: value.mark) {
      problems.append(reason)
      return nil
    }
    return ip
  }

  /// Why an address cannot be the gateway of a node; nil when it can.
  private func refusal(of ip: IPv4, for node: StackNode, at mark: Mark) -> Problem? {
    guard let near = node.interfaces.first(where: { $0.subnet.contains(ip) }) else {
      let own = node.interfaces.map { "\($0.network) \($0.subnet)" }.joined(separator: ", ")
      return Problem(
        mark, "the gateway \(ip) is on no network of node '\(node.id)', which has \(own)")
    }
    if near.ip == ip { return Problem(mark, "\(ip) is the address of node '\(node.id)' itself") }
    let neighbours = nodes.map(\.node).filter { $0.interface(on: near.network) != nil }
    if let holder = neighbours.first(where: { $0.interface(on: near.network)?.ip == ip }) {
      return holder.forwards
        ? nil
        : Problem(mark, "node '\(holder.id)' forwards nothing; give it the key 'forwards: true'")
    }
    let floating = addresses.filter { $0.network == near.network }
    guard floating.contains(where: { $0.ip == ip }) else {
      let others = neighbours.filter { $0.id != node.id && $0.forwards }
      let known = others.compactMap { $0.interface(on: near.network)?.ip } + floating.map(\.ip)
      return .unknown("gateway", "\(ip)", among: known.map(\.description), at: mark)
    }
    return neighbours.contains { $0.id != node.id && $0.forwards }
      ? nil
      : Problem(
        mark, "no other node on the network '\(near.network)' forwards, whoever holds \(ip)")
  }
}

extension IPv4Prefix {
  fileprivate func overlaps(_ other: IPv4Prefix) -> Bool {
    contains(other.first) || other.contains(first)
  }
}
