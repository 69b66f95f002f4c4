public import Basics

/// Stops a server as an operator would and starts it again, at once or after `for`.
///
/// Confirmed by its processes being gone in between.
public struct Restart: TakingDown {
  public static let name = "restart"
  public static let summary = "Stops a component in good order and starts it again."

  public static let healsAtOnce = true

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    let instances = targets.instances(in: cluster.stack).reversed()
    try takeDown(instances, on: cluster) { instance throws(FaultError) in
      try cluster.stop(instance)
    }
  }
}
