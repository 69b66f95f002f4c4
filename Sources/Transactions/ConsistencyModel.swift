/// A consistency model of transactions, by the name that `consistency-model` takes.
enum ConsistencyModel: String, CaseIterable {
  case readUncommitted = "read-uncommitted"
  case readCommitted = "read-committed"
  case monotonicAtomicView = "monotonic-atomic-view"
  case readAtomic = "read-atomic"
  case causal = "causal"
  case parallelSnapshotIsolation = "parallel-snapshot-isolation"
  case cursorStability = "cursor-stability"
  case consistentView = "consistent-view"
  case repeatableRead = "repeatable-read"
  case snapshotIsolation = "snapshot-isolation"
  case serializable = "serializable"
  case strongSessionReadUncommitted = "strong-session-read-uncommitted"
  case strongReadUncommitted = "strong-read-uncommitted"
  case strongSessionReadCommitted = "strong-session-read-committed"
  case strongReadCommitted = "strong-read-committed"
  case strongSessionSnapshotIsolation = "strong-session-snapshot-isolation"
  case strongSnapshotIsolation = "strong-snapshot-isolation"
  case strongSessionSerializable = "strong-session-serializable"
  case strictSerializable = "strict-serializable"

  /// Other names in use, Adya's levels among them.
  static let aliases: [String: ConsistencyModel] = [
    "PL-1": .readUncommitted, "PL-2": .readCommitted, "PL-2+": .consistentView,
    "PL-CS": .cursorStability, "PL-2.99": .repeatableRead, "PL-SI": .snapshotIsolation,
    "PL-3": .serializable, "PL-SS": .strictSerializable,
    "conflict-serializable": .serializable, "strong-serializable": .strictSerializable,
    "strict-snapshot-isolation": .strongSnapshotIsolation, "causal-cerone": .causal,
  ]

  init?(named name: String) {
    guard let model = ConsistencyModel(rawValue: name) ?? Self.aliases[name] else { return nil }
    self = model
  }

  /// Every name that is understood, in order.
  static var names: [String] { (allCases.map(\.rawValue) + aliases.keys).sorted() }

  /// The models that this one directly implies: a history that satisfies it satisfies them.
  ///
  /// Adya (1999), figure 4-1 and chapter 4; Bailis and others (2014), figure 2; Cerone, Bernardi
  /// and Gotsman (2015), figure 1, for the line from read atomic to snapshot isolation; Daudjee
  /// and Salem for strong session models; the Elle paper's figure of models for the whole.
  var implies: [ConsistencyModel] {
    switch self {
    case .readUncommitted: []
    case .readCommitted: [.readUncommitted]
    case .monotonicAtomicView, .cursorStability: [.readCommitted]
    case .readAtomic: [.monotonicAtomicView]
    case .causal: [.readAtomic]
    case .parallelSnapshotIsolation: [.causal]
    case .consistentView: [.cursorStability]
    case .repeatableRead: [.cursorStability, .monotonicAtomicView]
    case .snapshotIsolation: [.consistentView, .parallelSnapshotIsolation]
    case .serializable: [.repeatableRead, .snapshotIsolation]
    case .strongSessionReadUncommitted: [.readUncommitted]
    case .strongReadUncommitted: [.strongSessionReadUncommitted]
    case .strongSessionReadCommitted: [.readCommitted, .strongSessionReadUncommitted]
    case .strongReadCommitted: [.strongSessionReadCommitted, .strongReadUncommitted]
    case .strongSessionSnapshotIsolation: [.snapshotIsolation, .strongSessionReadCommitted]
    case .strongSnapshotIsolation: [.strongSessionSnapshotIsolation, .strongReadCommitted]
    case .strongSessionSerializable: [.serializable, .strongSessionSnapshotIsolation]
    case .strictSerializable: [.strongSessionSerializable, .strongSnapshotIsolation]
    }
  }

  /// Itself and everything that it implies.
  var implied: Set<ConsistencyModel> {
    var found: Set<ConsistencyModel> = [self]
    var open = [self]
    while let model = open.popLast() {
      for weaker in model.implies where found.insert(weaker).inserted { open.append(weaker) }
    }
    return found
  }

  /// Whether its definition counts the order of each session. `serializable`, `snapshot-isolation`
  /// and Adya's other levels do not, and so promise nothing of the levels of Biswas and Enea, which
  /// do; of registers, `read-committed` is one of these.
  func keepsSessions(of dialect: TransactionWords.Dialect) -> Bool {
    switch self {
    case .readCommitted, .monotonicAtomicView: dialect == .registers
    case .readUncommitted, .parallelSnapshotIsolation, .cursorStability, .consistentView,
      .repeatableRead, .snapshotIsolation, .serializable:
      false
    default: true
    }
  }

  /// True when every history that satisfies this model, as it is judged, satisfies the other.
  func guarantees(_ other: ConsistencyModel, in dialect: TransactionWords.Dialect) -> Bool {
    implied.contains(other)
      && (keepsSessions(of: dialect) || !other.keepsSessions(of: dialect))
  }

  /// Whether it speaks of real time, which a history of sessions does not tell.
  var needsRealTime: Bool {
    switch self {
    case .strongReadUncommitted, .strongReadCommitted, .strongSnapshotIsolation,
      .strictSerializable:
      true
    default: false
    }
  }

  /// Every model that a history with these anomalies violates.
  static func violated(by kinds: some Sequence<AnomalyKind>) -> Set<ConsistencyModel> {
    let kinds = Array(kinds)
    return Set(allCases.filter { model in kinds.contains { $0.violates(model) } })
  }

  /// The weakest of a set: those that imply no other of it; in the order of declaration.
  static func weakest(of models: Set<ConsistencyModel>) -> [ConsistencyModel] {
    allCases.filter { models.contains($0) && $0.implied.intersection(models) == [$0] }
  }

  /// The strongest of a set: those that no other of it implies; in the order of declaration.
  static func strongest(of models: Set<ConsistencyModel>) -> [ConsistencyModel] {
    allCases.filter { model in
      models.contains(model)
        && !models.contains { $0 != model && $0.implied.contains(model) }
    }
  }
}
