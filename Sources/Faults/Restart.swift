public import Basics

/// Stops a server as an operator would and starts it again, at once or after `for`.
///
/// Confirmed by its processes being gone in between.
public struct Restart: Fault {
  public static let name = "restart"
  public static let summary = "Stops a component in good order and starts it again."
  public static let schema = Schema.empty
  public static let aim = Aim.nodesOrInstances

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public func holds(on targets: Targets) -> Set<Hold> { targets.downHolds }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for instance in targets.instances(in: cluster.stack).reversed() {
      attempts.attempt { () throws(FaultError) in
        try Targets(.instances([instance])).requireRunning(on: cluster, for: "restart")
        try cluster.stop(instance)
      }
    }
    try attempts.finish()
  }

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
}
