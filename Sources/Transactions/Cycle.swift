/// A cycle of transactions, each edge with its reason.
struct Cycle {
  struct Edge {
    var source: Int
    var target: Int
    var kind: DependencyGraph.Edge
    /// The micro-operation that explains a data edge; -1 for the orders.
    var reason: Int
  }

  var edges: [Edge]

  /// What the edges are, whatever was searched for.
  var kind: AnomalyKind.CycleClass {
    let antiDependencies = edges.count { $0.kind == .readWrite }
    if antiDependencies == 1 { return .gSingle }
    if antiDependencies == 0 {
      return edges.contains { $0.kind == .writeRead } ? .g1c : .g0
    }
    let areAdjacent = edges.indices.contains {
      edges[$0].kind == .readWrite && edges[($0 + 1) % edges.count].kind == .readWrite
    }
    return areAdjacent ? .g2Item : .gNonadjacent
  }

  var order: AnomalyKind.Order {
    edges.contains { $0.kind == .realtime }
      ? .realtime : edges.contains { $0.kind == .process } ? .process : .data
  }

  /// Leaves out hubs and completions, and joins steps of one order that follow each other.
  init(_ legs: [ShortestWalk.Leg], in view: DependencyView) {
    var edges: [Edge] = []
    var open: Edge?
    for leg in legs {
      let step = view.graph.step(from: leg.node, at: leg.position, mask: view.mask)
      var edge =
        open ?? Edge(source: leg.node, target: step.target, kind: step.kind, reason: step.reason)
      edge.target = step.target
      if step.reason >= 0 { edge.reason = step.reason }
      open = edge
      guard step.target < view.graph.transactionCount else { continue }
      edges.append(edge)
      open = nil
    }
    self.edges = Self.joined(edges)
  }

  /// A cycle of two transactions.
  init(_ first: Edge, _ second: Edge) { edges = [first, second] }

  private static func joined(_ edges: [Edge]) -> [Edge] {
    var result: [Edge] = []
    for edge in edges {
      if let last = result.last, last.kind == edge.kind,
        edge.kind == .process || edge.kind == .realtime
      {
        result[result.count - 1].target = edge.target
      } else {
        result.append(edge)
      }
    }
    if result.count > 1, let last = result.last, last.kind == result[0].kind,
      last.kind == .process || last.kind == .realtime
    {
      result[0].source = last.source
      result.removeLast()
    }
    return result
  }
}
