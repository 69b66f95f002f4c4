internal import Basics
internal import Faults
internal import Stacks
internal import YAML

/// Whom a drawn step is aimed at, as an experiment writes it.
struct DrawnAim: Sendable {
  /// `target`, `between`, or `from` and `to`, and the component where there is one.
  let keys: [(String, YAMLNode)]
  /// What coverage calls it: `store`, `store in charge`, `client and store`.
  let role: String
  /// Whom it could mean; nil where that is only known while running.
  let nodes: Set<NodeID>?
  /// It means one of its nodes, so that it can be told beforehand which.
  var isOneOfMany = false
  /// What it means is whoever leads or holds at that moment: the component's or the address' name.
  var head: Head?

  /// Somebody in charge who may be another a moment later.
  enum Head: Hashable, Sendable {
    case leader(of: String)
    case owner(of: String)

    var isOwner: Bool { if case .owner = self { true } else { false } }

    /// As a target is written, and what `when` waits for.
    var node: YAMLNode {
      switch self {
      case .leader(let component): .drawn([("leader-of", .drawn(component))])
      case .owner(let address): .drawn([("owner-of", .drawn(address))])
      }
    }
  }

  /// The same on one node of those it means.
  func onlyOn(_ node: NodeID) -> DrawnAim {
    let target = YAMLNode.drawn([("node", .drawn(node.text))])
    return DrawnAim(
      keys: keys.map { $0.0 == "target" ? ($0.0, target) : $0 }, role: role, nodes: [node])
  }
}

/// All that steps can be aimed at in a stack, but for the nodes that only send traffic.
struct DrawnAims {
  let stack: ResolvedStack
  /// Nodes of clients: they are ends of ways, and nothing else.
  let clients: Set<NodeID>

  /// Nodes on which something runs that is not a client, by role in the order of the stack.
  private var roles: [(role: String, nodes: [StackNode])] {
    var found: [(role: String, nodes: [StackNode])] = []
    for node in stack.nodes where !node.instances.isEmpty && !clients.contains(node.id) {
      guard !node.isSpare else { continue }
      if let place = found.firstIndex(where: { $0.role == node.role }) {
        found[place].nodes.append(node)
      } else {
        found.append((node.role, [node]))
      }
    }
    return found
  }

  private func target(_ nodes: [StackNode], of role: String) -> YAMLNode {
    let all = stack.nodes(role: role)
    if all.count == 1 { return .drawn([("node", .drawn(all[0].id.text))]) }
    return .drawn([("role", .drawn(role)), ("pick", .drawn("one"))])
  }

  /// Those in charge whom a running stack can tell, each with the nodes they may be on.
  var heads: [(head: DrawnAim.Head, nodes: [StackNode])] {
    let instances = stack.nodes.flatMap(\.instances).filter { !clients.contains($0.id.node) }
    var found: [(head: DrawnAim.Head, nodes: [StackNode])] = []
    var seen: Set<String> = []
    for instance in instances where instance.role != nil {
      guard seen.insert(instance.id.component).inserted else { continue }
      let places = stack.instances(of: instance.id.component).compactMap { stack.node($0.id.node) }
      // With one alone nobody else can come to lead.
      guard places.count > 1 else { continue }
      found.append((.leader(of: instance.id.component), places))
    }
    for address in stack.addresses {
      let places = stack.nodes.filter {
        $0.interface(on: address.network) != nil && !$0.instances.isEmpty
          && !clients.contains($0.id)
          && (address.preferred == nil
            || $0.role == address.preferred.flatMap { stack.node($0)?.role })
      }
      if places.count > 1 { found.append((.owner(of: address.name), places)) }
    }
    return found
  }

  /// Whole nodes.
  var wholes: [DrawnAim] {
    roles.map { role, nodes in
      DrawnAim(
        keys: [("target", target(nodes, of: role))], role: role, nodes: Set(nodes.map(\.id)),
        isOneOfMany: true)
    }
      + heads.map { head, nodes in
        DrawnAim(
          keys: [("target", head.node)], role: Self.inCharge(nodes), nodes: nil, head: head)
      }
  }

  /// One component on a node.
  var parts: [DrawnAim] {
    let ofRoles = roles.flatMap { role, nodes in
      components(of: nodes).map { component in
        DrawnAim(
          keys: [("target", target(nodes, of: role)), ("component", .drawn(component))],
          role: role,
          nodes: Set(nodes.filter { $0.has(component) }.map(\.id)),
          isOneOfMany: nodes.allSatisfy { $0.has(component) })
      }
    }
    let ofHeads = heads.flatMap { head, nodes in
      components(of: nodes).filter { component in nodes.allSatisfy { $0.has(component) } }.map {
        DrawnAim(
          keys: [("target", head.node), ("component", .drawn($0))], role: Self.inCharge(nodes),
          nodes: nil, head: head)
      }
    }
    return ofRoles + ofHeads
  }

  /// The ways between two ends, both ways or one, and of one node to everybody else.
  var ways: [DrawnAim] {
    var found = wholes
    let sites = stack.sites.map(\.id).filter { !stack.nodes(site: $0).isEmpty }
    func site(_ id: SiteID) -> YAMLNode { .drawn([("site", .drawn(id.text))]) }
    for (place, one) in sites.enumerated() {
      for other in sites[(place + 1)...] {
        let nodes = stack.nodes(site: one) + stack.nodes(site: other)
        found.append(
          DrawnAim(
            keys: [("between", .drawn([site(one), site(other)]))], role: Self.roles(of: nodes),
            nodes: Set(nodes.map(\.id))))
        for (from, to) in [(one, other), (other, one)] {
          found.append(
            DrawnAim(
              keys: [("from", site(from)), ("to", site(to))], role: Self.roles(of: nodes),
              nodes: Set(nodes.map(\.id))))
        }
      }
    }
    let names = stack.nodes.map(\.role).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    for (place, one) in names.enumerated() {
      for other in names[(place + 1)...] {
        let nodes = stack.nodes(role: one) + stack.nodes(role: other)
        // Between those who only send nothing goes.
        guard nodes.contains(where: { !$0.instances.isEmpty }) else { continue }
        let ends = [one, other].map { YAMLNode.drawn([("role", .drawn($0))]) }
        found.append(
          DrawnAim(
            keys: [("between", .drawn(ends))], role: Self.roles(of: nodes),
            nodes: Set(nodes.map(\.id))))
      }
    }
    return found
  }

  /// All nodes of a role that has several.
  private var groups: [DrawnAim] {
    roles.filter { $0.nodes.count > 1 }.map { role, nodes in
      DrawnAim(
        keys: [("target", .drawn([("role", .drawn(role))]))], role: role,
        nodes: Set(nodes.map(\.id)))
    }
  }

  /// All that a kind of fault can be aimed at.
  func all(for kind: any Fault.Type) -> [DrawnAim] {
    // What deals nodes out needs several.
    if kind.drawsOrder { return groups }
    if kind.strikesOwners { return wholes.filter { $0.head?.isOwner == true } }
    return switch kind.aim {
    case .nodes: wholes
    case .instances: parts
    case .nodesOrInstances: wholes + parts
    case .path: ways
    case .everything: []
    }
  }

  private func components(of nodes: [StackNode]) -> [String] {
    nodes.flatMap(\.instances).map(\.id.component).reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
  }

  private static func inCharge(_ nodes: [StackNode]) -> String {
    roles(of: nodes) + " " + CoverageCell.inCharge
  }

  static func roles(of nodes: [StackNode]) -> String {
    Set(nodes.map(\.role)).sorted().joined(separator: " and ")
  }
}

extension StackNode {
  fileprivate func has(_ component: String) -> Bool {
    instances.contains { $0.id.component == component }
  }
}
