public import Basics

/// SIGTERM to a server's main process: it may clean up and leave.
///
/// Confirmed by its processes being gone. Healed by starting it again.
public struct Terminate: TakingDown {
  public static let name = "terminate"
  public static let summary = "Asks a component to leave, with SIGTERM."

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    let instances = targets.instances(in: cluster.stack)
    try takeDown(instances, on: cluster) { instance throws(FaultError) in
      try cluster.signal(.terminate, instance, mainOnly: true)
    }
  }
}
