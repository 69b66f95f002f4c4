/// The levels of Biswas and Enea ("On the complexity of checking transactional consistency",
/// 2019) that can be decided without trying orders: some commit order must extend session order
/// and reads, and put before the transaction that `t` read `x` from every other writer of `x`
/// that is in sight of `t`. The levels differ in what is in sight.
enum WeakLevel: Int, CaseIterable, Hashable {
  /// What `t` had read from before that read.
  case readCommitted
  /// What `t` read from at all, and what came before it in its session.
  case readAtomic
  /// What precedes `t` by sessions and reads, however far.
  case causal

  /// The names that AWDIT (Møldrup and Pavlogiannis 2025) gives to what breaks the axioms.
  var anomalyName: String {
    ["non-monotonic-read", "fractured-read", "causality-violation"][rawValue]
  }

  /// Every model that a violation of this level violates: the levels above it, and what implies
  /// them together with session order.
  var forbiddingModels: [ConsistencyModel] {
    let strong: [ConsistencyModel] = [
      .causal, .strongSessionSnapshotIsolation, .strongSnapshotIsolation,
      .strongSessionSerializable, .strictSerializable,
    ]
    switch self {
    case .readCommitted:
      return [
        .readCommitted, .monotonicAtomicView, .readAtomic, .strongSessionReadCommitted,
        .strongReadCommitted,
      ] + strong
    case .readAtomic: return [.readAtomic] + strong
    case .causal: return strong
    }
  }

  /// Whether one of these levels is all that a model asks of registers.
  static func isAll(of model: ConsistencyModel) -> Bool {
    [.readCommitted, .monotonicAtomicView, .readAtomic, .causal].contains(model)
  }

  /// The levels among the models asked about, up to the strongest.
  static func asked(_ models: [ConsistencyModel], from weakest: WeakLevel) -> [WeakLevel] {
    let names: [ConsistencyModel: WeakLevel] = [
      .readCommitted: .readCommitted, .monotonicAtomicView: .readCommitted,
      .readAtomic: .readAtomic, .causal: .causal,
      .strongSessionReadCommitted: .readCommitted, .strongReadCommitted: .readCommitted,
    ]
    guard let top = models.compactMap({ names[$0] }).max(by: { $0.rawValue < $1.rawValue }) else {
      return []
    }
    return allCases.filter { $0.rawValue >= weakest.rawValue && $0.rawValue <= top.rawValue }
  }
}
