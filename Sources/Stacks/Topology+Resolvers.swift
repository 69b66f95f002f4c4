public import Basics
internal import YAML

/// Which nodes' DNS servers all nodes ask.
extension Topology {
  mutating func readResolver(_ node: YAMLNode) {
    let known = nodes.map(\.node.id.text)
    guard let name = node.text else {
      return problems.append(
        Problem(node.mark, "a resolver is a node's name, not \(node.kindText)"))
    }
    guard known.contains(name) else {
      return problems.append(.unknown("node", name, among: known, at: node.mark))
    }
    if resolvers.contains(NodeID(name)) {
      return problems.append(Problem(node.mark, "node '\(name)' stands twice"))
    }
    resolvers.append(NodeID(name))
  }
}

extension ResolvedStack {
  /// What a resolver reads of its configuration (`MAXNS`, resolv.conf(5)).
  private static let mostResolvers = 3

  /// The addresses of the DNS servers that a node asks: its own site's first, then the others, in the order
  /// written; those that no route leads to, or that have none back, are left out.
  public func resolvers(of node: StackNode) -> [IPAddress] {
    let reached = resolvers.compactMap { self.node($0) }.filter {
      $0.id == node.id || reaches(from: node.id, to: $0.id) && reaches(from: $0.id, to: node.id)
    }
    let near = reached.filter { $0.site == node.site }
    let far = reached.filter { $0.site != node.site }
    return (near + far).prefix(Self.mostResolvers).map { address(of: $0, seenFrom: node) }
  }
}
