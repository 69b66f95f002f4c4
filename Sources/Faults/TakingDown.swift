public import Basics
public import Histories

/// A fault that only takes servers down: confirmed by their processes being gone, healed by
/// starting them again.
public protocol TakingDown: Fault {}

extension TakingDown {
  public static var schema: Schema { .empty }
  public static var aim: Aim { .nodesOrInstances }

  public func reach(on targets: Targets) -> FaultReach { .away }

  public func holds(on targets: Targets) -> Set<Hold> { targets.downHolds }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    try targets.confirmGone(on: cluster)
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    try targets.start(on: cluster, sparing: others)
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    try targets.confirmReady(on: cluster, sparing: others)
  }

  /// Acts on each server that runs, all of them even when one is refused; one that is down
  /// already is refused.
  func takeDown(
    _ instances: some Sequence<InstanceID>, on cluster: some Cluster,
    _ act: (InstanceID) throws(FaultError) -> Void
  ) throws(FaultError) {
    var attempts = Attempts()
    for instance in instances {
      attempts.attempt { () throws(FaultError) in
        try Targets(.instances([instance])).requireRunning(on: cluster, for: Self.name)
        try act(instance)
      }
    }
    try attempts.finish()
  }
}
