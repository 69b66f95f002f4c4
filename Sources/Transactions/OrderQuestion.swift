/// What a model asks of the order of versions: that the dependencies of some order of each key's
/// versions, together with an order of transactions, have no cycle of a class or a cheaper one.
struct OrderQuestion: Hashable {
  /// `gSingle` (at most one read-write edge; Cerone and Gotsman 2016, for parallel snapshot
  /// isolation), `gNonadjacent` (no two adjacent ones; snapshot isolation) or `g2Item` (any cycle).
  let cycles: AnomalyKind.CycleClass
  let order: AnomalyKind.Order

  init(_ cycles: AnomalyKind.CycleClass, _ order: AnomalyKind.Order) {
    self.cycles = cycles
    self.order = order
  }

  /// Nil for models that no order of versions decides: up to read committed any order that extends
  /// the reads will do, and the levels of `WeakLevel` have axioms of their own.
  init?(_ model: ConsistencyModel) {
    switch model {
    case .consistentView, .parallelSnapshotIsolation: self.init(.gSingle, .data)
    case .snapshotIsolation: self.init(.gNonadjacent, .data)
    case .repeatableRead, .serializable: self.init(.g2Item, .data)
    case .strongSessionSnapshotIsolation: self.init(.gNonadjacent, .process)
    case .strongSnapshotIsolation: self.init(.gNonadjacent, .realtime)
    case .strongSessionSerializable: self.init(.g2Item, .process)
    case .strictSerializable: self.init(.g2Item, .realtime)
    case .readUncommitted, .readCommitted, .monotonicAtomicView, .cursorStability, .readAtomic,
      .causal, .strongSessionReadUncommitted, .strongReadUncommitted, .strongSessionReadCommitted,
      .strongReadCommitted:
      return nil
    }
  }

  /// What a history shows that no order of versions explains.
  var anomaly: AnomalyKind { .cycle(cycles, order) }

  /// True when an order of versions that answers this question answers the other one.
  func answers(_ other: OrderQuestion) -> Bool {
    cycles.rawValue >= other.cycles.rawValue && order.rawValue >= other.order.rawValue
  }
}
