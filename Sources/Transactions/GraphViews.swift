/// A dependency graph with only some kinds of edges, inside the components of a larger view.
struct DependencyView: Successors {
  let graph: DependencyGraph
  let mask: UInt8
  /// Components that an edge may not leave; nil for no bound.
  let bounds: [Int32]?

  var nodeCount: Int {
    mask & DependencyGraph.Edge.realtime.mask == 0 ? graph.hubEnd : graph.nodeCount
  }

  @inline(__always)
  func successor(of node: Int, at position: Int) -> Int {
    guard let bounds else { return graph.successor(of: node, at: position, mask: mask) }
    guard bounds[node] >= 0 else { return -2 }
    let target = graph.successor(of: node, at: position, mask: mask)
    return target < 0 || bounds[target] == bounds[node] ? target : -1
  }
}

/// The same graph, each node twice: `2n` as it is, `2n + 1` as entered by a read-write edge.
///
/// Out of the second no read-write edge leads, so its cycles are exactly the closed walks without
/// two adjacent read-write edges: what snapshot isolation forbids (Cerone and Gotsman 2016,
/// theorem 10), found in linear time.
struct NonadjacentView: Successors {
  let base: DependencyView

  var nodeCount: Int { 2 * base.nodeCount }

  @inline(__always)
  func successor(of node: Int, at position: Int) -> Int {
    let target = base.successor(of: node >> 1, at: position)
    guard target >= 0 else { return target }
    guard node >> 1 < base.graph.hubEnd else { return 2 * target }
    let entered = node & 1
    switch base.graph.kind(of: node >> 1, at: position) {
    case .readWrite: return entered == 1 ? -1 : 2 * target + 1
    case .pass: return 2 * target + entered
    default: return 2 * target
    }
  }
}
