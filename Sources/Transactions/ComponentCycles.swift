/// The smallest cycle inside one strongly connected component.
struct ComponentCycles {
  let view: DependencyView
  let members: [Int32]

  /// The smallest cycle that could be found with that much work; the first start is always tried
  /// to its end.
  func smallest(work: Int, _ walk: inout ShortestWalk) -> Cycle? {
    let graph = view.graph
    if let pair = PairCycles(view: view, members: members).first { return pair }
    var best: [ShortestWalk.Leg]?
    var limit = Int.max >> 1
    walk.work = .max
    for member in members where member < graph.transactionCount {
      let legs = walk.legs(
        from: Int(member), to: Int(member), in: view, atMost: limit,
        cost: { source, _ in source < graph.transactionCount ? 1 : 0 })
      if let legs {
        if best == nil { walk.work = work }
        best = legs
        limit = Cycle(legs, in: view).edges.count - 1
      }
      if limit < 2 || walk.work < 0 { break }
    }
    return best.map { Cycle($0, in: view) }
  }
}

/// Cycles of two transactions that real time closes: one data edge against the clock.
struct PairCycles {
  let view: DependencyView
  let members: [Int32]

  var first: Cycle? {
    guard view.mask & DependencyGraph.Edge.realtime.mask != 0 else { return nil }
    let graph = view.graph
    for member in members where member < graph.transactionCount {
      let node = Int(member)
      var position = 0
      while case let target = view.successor(of: node, at: position), target != -2 {
        defer { position += 1 }
        guard target >= 0, target < graph.transactionCount, graph.isBefore(target, node),
          graph.kind(of: node, at: position) != nil
        else { continue }
        let step = graph.step(from: node, at: position, mask: view.mask)
        return Cycle(
          Cycle.Edge(source: node, target: target, kind: step.kind, reason: step.reason),
          Cycle.Edge(source: target, target: node, kind: .realtime, reason: -1))
      }
    }
    return nil
  }
}

/// The smallest cycle without adjacent read-write edges inside one component of the doubled graph.
struct NonadjacentCycles {
  let double: NonadjacentView
  let members: [Int32]
  let component: [Int32]

  /// A transaction on one of the cycles that a read-write edge leaves.
  var representative: Int? { antiDependencies(atMost: 1).first?.source }

  private struct AntiDependency {
    var source: Int
    var target: Int
    var position: Int
  }

  /// The read-write edges on cycles of this component.
  private func antiDependencies(atMost limit: Int) -> [AntiDependency] {
    var edges: [AntiDependency] = []
    let graph = double.base.graph
    for member in members
    where member & 1 == 0 && member >> 1 < Int32(graph.transactionCount) {
      var position = 0
      while case let target = double.successor(of: Int(member), at: position), target != -2 {
        if target >= 0, component[target] == component[Int(member)],
          graph.kind(of: Int(member) >> 1, at: position) == .readWrite
        {
          edges.append(
            AntiDependency(source: Int(member) >> 1, target: target >> 1, position: position))
          if edges.count == limit { return edges }
        }
        position += 1
      }
    }
    return edges
  }

  /// G-single where one read-write edge closes a cycle of the other kinds; else G-nonadjacent.
  func smallest(
    work: Int, classifyOnly: Bool, _ walk: inout ShortestWalk
  ) -> (AnomalyKind.CycleClass, Cycle?) {
    let edges = antiDependencies(atMost: .max)
    if let cycle = pair(edges) { return (.gSingle, cycle) }
    if let cycle = single(edges, work: work, &walk) { return (.gSingle, cycle) }
    if classifyOnly { return (.gNonadjacent, nil) }
    return (.gNonadjacent, several(edges, work: work, &walk))
  }

  private func pair(_ edges: [AntiDependency]) -> Cycle? {
    let view = double.base
    guard view.mask & DependencyGraph.Edge.realtime.mask != 0 else { return nil }
    for edge in edges
    where edge.target < view.graph.transactionCount
      && view.graph.isBefore(edge.target, edge.source)
    {
      let step = view.graph.step(from: edge.source, at: edge.position, mask: view.mask)
      return Cycle(
        Cycle.Edge(
          source: edge.source, target: edge.target, kind: .readWrite, reason: step.reason),
        Cycle.Edge(source: edge.target, target: edge.source, kind: .realtime, reason: -1))
    }
    return nil
  }

  private func single(
    _ edges: [AntiDependency], work: Int, _ walk: inout ShortestWalk
  ) -> Cycle? {
    let base = double.base
    let plain = DependencyView(
      graph: base.graph, mask: base.mask & ~DependencyGraph.Edge.readWrite.mask,
      bounds: base.bounds)
    var best: Cycle?
    var limit = Int.max >> 1
    walk.work = 16 * work
    for edge in edges {
      let legs = walk.legs(
        from: edge.target, to: edge.source, in: plain, atMost: limit,
        cost: { source, _ in source < base.graph.transactionCount ? 1 : 0 })
      if let legs {
        let first = ShortestWalk.Leg(node: edge.source, position: edge.position)
        best = Cycle([first] + legs, in: base)
        limit = best!.edges.count - 2
        walk.work = min(walk.work, work)
      }
      if limit < 1 || walk.work < 0 { break }
    }
    return best
  }

  private func several(
    _ edges: [AntiDependency], work: Int, _ walk: inout ShortestWalk
  ) -> Cycle? {
    let transactions = double.base.graph.transactionCount
    var best: [ShortestWalk.Leg]?
    var limit = Int.max >> 1
    walk.work = .max
    for edge in edges {
      let legs = walk.legs(
        from: 2 * edge.target + 1, to: 2 * edge.source, in: double, atMost: limit,
        cost: { source, _ in source >> 1 < transactions ? 1 : 0 })
      if let legs {
        if best == nil { walk.work = work }
        let way = legs.map { ShortestWalk.Leg(node: $0.node >> 1, position: $0.position) }
        best = [ShortestWalk.Leg(node: edge.source, position: edge.position)] + way
        limit = Cycle(best!, in: double.base).edges.count - 2
      }
      if limit < 3 || walk.work < 0 { break }
    }
    return best.map { Cycle($0, in: double.base) }
  }
}
