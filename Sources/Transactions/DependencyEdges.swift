/// The dependencies of transactions as they are found, before they are laid out as a graph.
struct DependencyEdges {
  private(set) var sources: [Int32] = []
  private(set) var targets: [Int32] = []
  private(set) var kinds: [DependencyGraph.Edge] = []
  /// The micro-operation that explains the edge: the write of `ww` and `rw`, the read of `wr`.
  private(set) var reasons: [Int32] = []
  let transactionCount: Int
  private(set) var hubCount = 0

  init(transactionCount: Int, capacity: Int) {
    self.transactionCount = transactionCount
    sources.reserveCapacity(capacity)
    targets.reserveCapacity(capacity)
    kinds.reserveCapacity(capacity)
    reasons.reserveCapacity(capacity)
  }

  /// Adds an edge between different nodes; an edge of a node to itself says nothing.
  mutating func add(_ source: Int, _ target: Int, _ kind: DependencyGraph.Edge, because mop: Int) {
    guard source != target else { return }
    sources.append(Int32(source))
    targets.append(Int32(target))
    kinds.append(kind)
    reasons.append(Int32(mop))
  }

  /// Links every source to every target but itself, in linear space.
  ///
  /// `targets` are writes of different transactions. Where the product is large, two chains of
  /// hubs stand between: a source that is itself the target `i` enters the chain of the targets
  /// before it and the chain of those after it, so that no way leads back to itself.
  mutating func addAll(
    _ sources: [(transaction: Int, kind: DependencyGraph.Edge)],
    _ targets: [(transaction: Int, mop: Int)]
  ) {
    guard sources.count * targets.count > 4 * (sources.count + targets.count) else {
      for source in sources {
        for target in targets {
          add(source.transaction, target.transaction, source.kind, because: target.mop)
        }
      }
      return
    }
    let before = transactionCount + hubCount
    let after = before + targets.count
    hubCount += 2 * targets.count
    var place: [Int: Int] = [:]
    for (i, target) in targets.enumerated() {
      place[target.transaction] = i
      add(before + i, target.transaction, .pass, because: target.mop)
      add(after + i, target.transaction, .pass, because: target.mop)
      if i > 0 {
        add(before + i, before + i - 1, .pass, because: -1)
        add(after + i - 1, after + i, .pass, because: -1)
      }
    }
    for source in sources {
      let own = place[source.transaction] ?? -1
      if own > 0 { add(source.transaction, before + own - 1, source.kind, because: -1) }
      if own + 1 < targets.count {
        add(source.transaction, after + own + 1, source.kind, because: -1)
      }
    }
  }
}
