public import Basics
internal import Stacks

/// The operator starts a server, or gives a node its power back. Confirmed by it being ready.
public struct Start: Action {
  public static let name = "start"
  public static let summary = "Starts a component, or gives a node its power back."
  public static let schema = Schema.empty
  public static let aim = Aim.nodesOrInstances
  public static let reachesSpares = true

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for node in targets.nodes {
      attempts.attempt { () throws(FaultError) in
        if try !cluster.power(of: node).isOn { try cluster.powerOn(node, except: []) }
      }
    }
    for instance in targets.instances(in: cluster.stack) {
      attempts.attempt { () throws(FaultError) in try cluster.start(instance) }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    let instances = targets.instances(in: cluster.stack)
    return try instances.confirmed("\(listed(instances)) ready") { instance throws(FaultError) in
      try cluster.isReady(instance) ? nil : "\(instance) is not ready"
    }
  }
}
