internal import Basics

/// An operator's step: nothing of it is healed.
protocol Action: Fault {}

extension Action {
  public static var isAction: Bool { true }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {}

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    .yes("an action is not healed")
  }
}
