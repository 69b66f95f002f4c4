public import Basics
public import Histories
internal import Stacks

extension Step {
  /// Whom it would act on, were it injected now; nothing is done.
  ///
  /// - Parameter chance: the nemesis' own, so that it picks whom that would pick.
  /// - Throws: why nobody is meant, or who could not be asked.
  public func targets(on cluster: some Cluster, chance: Chance) throws(FaultError)
    -> [FaultMark.Target]
  {
    try TargetResolver(cluster: cluster, chance: chance.stream("step \(id)")).resolve(self).marks
  }
}

/// Finds out whom a step means at the moment it fires.
struct TargetResolver<Stack: Cluster> {
  let cluster: Stack
  let chance: Chance

  /// - Throws: why nobody is meant, or who could not be asked.
  func resolve(_ step: Step) throws(FaultError) -> Targets {
    Targets(try kind(step), policy: "step-\(step.id)")
  }

  private func kind(_ step: Step) throws(FaultError) -> Targets.Kind {
    switch step.aim {
    case .everything: return .everything
    case .target(let target, let component):
      let reach = type(of: step.fault).reachesSpares
      let found = try nodes(target, running: component, withSpares: reach, stream: "target")
      let nodes = type(of: step.fault).drawsOrder ? shuffled(found) : found
      guard let component else { return .nodes(nodes) }
      return .instances(nodes.map { InstanceID(node: $0, component: component) })
    case .path(let from, let to, let isTwoWay):
      let sources = try nodes(from, running: nil, withSpares: true, stream: "from")
      let others = cluster.stack.nodes.map(\.id).filter { !sources.contains($0) }
      let destinations =
        if let to { try nodes(to, running: nil, withSpares: true, stream: "to") } else { others }
      guard Set(sources).isDisjoint(with: destinations) else {
        throw FaultError(step.text, "the same node is on both sides")
      }
      return .path(from: sources, to: destinations, isTwoWay: isTwoWay)
    }
  }

  private func shuffled(_ nodes: [NodeID]) -> [NodeID] {
    var (nodes, chance) = (nodes, chance.stream("order"))
    for last in nodes.indices.reversed() where last > 0 {
      nodes.swapAt(last, Int(chance.next() % UInt64(last + 1)))
    }
    return nodes
  }

  private func nodes(
    _ target: Target, running component: String?, withSpares: Bool, stream: String
  ) throws(FaultError) -> [NodeID] {
    var candidates = try candidates(target.selector)
    if !withSpares { candidates = candidates.filter { !cluster.isSpare($0) } }
    if let site = target.site {
      candidates = candidates.filter { cluster.stack.node($0)?.site == site }
    }
    if let component {
      candidates = candidates.filter {
        cluster.stack.instance(InstanceID(node: $0, component: component)) != nil
      }
    }
    guard !candidates.isEmpty else {
      let what = component.map { "\($0) on \(target)" } ?? target.description
      throw FaultError("find \(what)", "there is none at this moment")
    }
    guard target.pick == .one else { return candidates }
    var chance = chance.stream(stream)
    return [candidates.sorted()[Int(chance.next() % UInt64(candidates.count))]]
  }

  /// In the order of the stack.
  private func candidates(_ selector: Target.Selector) throws(FaultError) -> [NodeID] {
    let stack = cluster.stack
    switch selector {
    case .node(let node): return stack.node(node) == nil ? [] : [node]
    case .role(let role): return stack.nodes(role: role).map(\.id)
    case .site(let site): return stack.nodes(site: site).map(\.id)
    case .owner(let address): return try cluster.owners(of: address)
    case .leader(let component): return leaders(of: component)
    }
  }

  /// Those that cannot be asked do not lead.
  private func leaders(of component: String) -> [NodeID] {
    cluster.stack.instances(of: component).compactMap { instance in
      do {
        let role = try cluster.role(of: instance.id)
        return cluster.stack.leadingWords(of: component).contains(role) ? instance.id.node : nil
      } catch {
        return nil
      }
    }
  }
}
