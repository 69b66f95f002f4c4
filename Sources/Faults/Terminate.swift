public import Basics

/// SIGTERM to a server's main process: it may clean up and leave.
///
/// Confirmed by its processes being gone. Healed by starting it again.
public struct Terminate: Fault {
  public static let name = "terminate"
  public static let summary = "Asks a component to leave, with SIGTERM."
  public static let schema = Schema.empty
  public static let aim = Aim.nodesOrInstances

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public func holds(on targets: Targets) -> Set<Hold> { targets.downHolds }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for instance in targets.instances(in: cluster.stack) {
      attempts.attempt { () throws(FaultError) in
        try Targets(.instances([instance])).requireRunning(on: cluster, for: "terminate")
        try cluster.signal(.terminate, instance, mainOnly: true)
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
