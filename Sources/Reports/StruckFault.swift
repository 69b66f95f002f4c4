public import Basics
public import Histories

/// A fault of a run, as its `result.json` tells it.
public struct StruckFault: Hashable, Sendable {
  /// As experiments name it.
  public let name: String
  /// Whom it struck.
  public let targets: [FaultMark.Target]
  /// An operator's step rather than a fault.
  public let isAction: Bool
  /// Whether its effect was seen.
  public let outcome: FaultMark.Outcome
  /// What the stack was doing when it was injected.
  public let state: StackState
  /// Those that it struck which led or had an address then.
  public let inCharge: [NodeID]

  /// Nil for what is no fault of a `result.json`, or one from before states were told.
  init?(_ item: JSON) {
    guard let name = item["kind"]?.text,
      let outcome = item["outcome"]?.text.flatMap({ FaultMark.Outcome(rawValue: $0) }),
      let state = item["state"]?.text.flatMap({ StackState(rawValue: $0) })
    else { return nil }
    self.name = name
    self.outcome = outcome
    self.state = state
    isAction = item["isAction"] == .bool(true)
    targets = (item["targets"]?.elements ?? []).compactMap(\.text).map {
      FaultMark.Target(text: $0)
    }
    inCharge = (item["inCharge"]?.elements ?? []).compactMap(\.text).map { NodeID($0) }
  }
}
