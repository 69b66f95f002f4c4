/// A kind of anomaly, by the names of Adya (1999), Kingsbury and Alvaro (2020) and Elle's reports.
enum AnomalyKind: Hashable {
  /// A read contradicts what the transaction itself read or wrote before (axiom INT of Cerone,
  /// Bernardi and Gotsman 2015).
  case `internal`
  /// A read sees what the same transaction writes only later.
  case futureRead
  /// A read of an aborted transaction's write.
  case g1a
  /// A read of a write that its transaction overwrote before it committed.
  case g1b
  /// An aborted transaction's write lies below a committed one.
  case dirtyUpdate
  /// Two transactions read one version of a key and both wrote the key (P4).
  case lostUpdate
  /// One element twice in a list.
  case duplicateElements
  /// Two reads of a list, neither a prefix of the other.
  case incompatibleOrder
  /// A value that nobody wrote.
  case garbageRead
  /// The versions of a key cannot be put in an order.
  case cyclicVersions
  /// The versions of a key cannot be put in an order that keeps process order or real time.
  case cyclicVersionsIn(Order)
  /// A cycle of dependencies.
  case cycle(CycleClass, Order)
  /// A transaction did not read its own write: in no history of Biswas and Enea, whatever the
  /// level. Told beside `internal` where one of their levels is asked about.
  case ownWriteNotRead
  /// No commit order explains what was read, by the axiom of that level.
  case commitOrder(WeakLevel)
  /// Session order and reads alone form a cycle.
  case causalityCycle(WeakLevel)

  /// What a cycle's edges are; a later class is the weaker anomaly.
  enum CycleClass: Int, CaseIterable, Hashable {
    /// Only write-write edges.
    case g0
    /// Write-write and write-read edges.
    case g1c
    /// Exactly one read-write edge.
    case gSingle
    /// Several read-write edges, no two of them adjacent.
    case gNonadjacent
    /// Adjacent read-write edges.
    case g2Item
  }

  /// Which order besides the data a cycle needs; a later one is the weaker anomaly.
  enum Order: Int, CaseIterable, Hashable {
    case data, process, realtime

    var suffix: String { ["", "-process", "-realtime"][rawValue] }
  }

  var name: String {
    switch self {
    case .ownWriteNotRead: "own-write-not-read"
    case .commitOrder(let level): level.anomalyName
    case .causalityCycle: "causality-cycle"
    case .internal: "internal"
    case .futureRead: "future-read"
    case .g1a: "G1a"
    case .g1b: "G1b"
    case .dirtyUpdate: "dirty-update"
    case .lostUpdate: "lost-update"
    case .duplicateElements: "duplicate-elements"
    case .incompatibleOrder: "incompatible-order"
    case .garbageRead: "garbage-read"
    case .cyclicVersions: "cyclic-versions"
    case .cyclicVersionsIn(let order): "cyclic-versions" + order.suffix
    case .cycle(let kind, let order):
      ["G0", "G1c", "G-single", "G-nonadjacent", "G2-item"][kind.rawValue]
        + order.suffix
    }
  }

  /// The weakest models that forbid it; every stronger model does too (`ConsistencyModel`).
  ///
  /// Sources: Adya (1999), section 3 and 4, for G0, G1, G-single, G2-item and the levels PL-1 to
  /// PL-3; Bailis and others (2014) for lost update and cursor stability; Cerone, Bernardi and
  /// Gotsman (2015) for INT and read atomicity; Cerone and Gotsman (2016) for snapshot isolation
  /// as the absence of cycles without adjacent read-write edges, and for parallel snapshot isolation
  /// as that of cycles with fewer than two; Daudjee and Salem (2004, 2006)
  /// for the strong session forms. Dirty updates, incompatible orders and future reads count as
  /// G1, as in the Elle paper, section 4; duplicates and values from nowhere cannot stand in any
  /// history of Adya's.
  var forbiddenBy: [ConsistencyModel] {
    switch self {
    case .internal: [.readAtomic]
    case .futureRead, .g1a, .g1b, .dirtyUpdate, .incompatibleOrder: [.readCommitted]
    case .lostUpdate: [.cursorStability, .parallelSnapshotIsolation]
    case .cyclicVersionsIn(let order): Self.forbidding(.gSingle, order)
    case .duplicateElements, .garbageRead: [.readUncommitted]
    case .cyclicVersions: [.readCommitted]
    case .cycle(let kind, let order): Self.forbidding(kind, order)
    case .ownWriteNotRead: WeakLevel.readCommitted.forbiddingModels
    case .commitOrder(let level), .causalityCycle(let level): level.forbiddingModels
    }
  }

  /// True when no history with this anomaly satisfies the model.
  func violates(_ model: ConsistencyModel) -> Bool {
    switch self {
    case .ownWriteNotRead, .commitOrder, .causalityCycle: forbiddenBy.contains(model)
    default: !model.implied.isDisjoint(with: forbiddenBy)
    }
  }

  /// The kind where versions were ordered by that order and not by the data alone; where reads were
  /// put in order too, a cycle may hide a read-write edge.
  func assuming(_ order: Order, ofReads: Bool) -> AnomalyKind {
    switch self {
    case .cyclicVersions: .cyclicVersionsIn(order)
    case .cycle(let kind, let own):
      .cycle(
        ofReads && kind.rawValue < CycleClass.gSingle.rawValue ? .gSingle : kind,
        own.rawValue < order.rawValue ? order : own)
    default: self
    }
  }

  /// A cycle of writes in registers counts as circular information flow: that a version follows
  /// another is known by a read between them.
  var ofRegisters: AnomalyKind {
    if case .cycle(.g0, let order) = self { .cycle(.g1c, order) } else { self }
  }

  private static func forbidding(_ kind: CycleClass, _ order: Order) -> [ConsistencyModel] {
    switch (kind, order) {
    case (.g0, .data): [.readUncommitted]
    case (.g0, .process): [.strongSessionReadUncommitted]
    case (.g0, .realtime): [.strongReadUncommitted]
    case (.g1c, .data): [.readCommitted]
    case (.g1c, .process): [.strongSessionReadCommitted]
    case (.g1c, .realtime): [.strongReadCommitted]
    case (.gSingle, .data): [.consistentView, .parallelSnapshotIsolation, .repeatableRead]
    case (.gNonadjacent, .data): [.snapshotIsolation, .repeatableRead]
    case (.gSingle, .process), (.gNonadjacent, .process): [.strongSessionSnapshotIsolation]
    case (.gSingle, .realtime), (.gNonadjacent, .realtime): [.strongSnapshotIsolation]
    case (.g2Item, .data): [.repeatableRead]
    case (.g2Item, .process): [.strongSessionSerializable]
    case (.g2Item, .realtime): [.strictSerializable]
    }
  }
}

/// One anomaly of a history, with the transactions that show it.
struct Anomaly {
  var kind: AnomalyKind
  /// One sentence, or for a cycle one clause an edge.
  var summary: String
  /// Positions in `History.operations`; a cycle's in its order.
  var operations: [Int]
}
