public import Basics

/// The operator stops a server in good order. Confirmed by its processes being gone.
public struct Stop: Action {
  public static let name = "stop"
  public static let summary = "Stops a component in good order, and leaves it stopped."
  public static let schema = Schema.empty
  public static let aim = Aim.nodesOrInstances

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for instance in targets.instances(in: cluster.stack).reversed() {
      attempts.attempt { () throws(FaultError) in try cluster.stop(instance) }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    try targets.confirmGone(on: cluster)
  }
}
