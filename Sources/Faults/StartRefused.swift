public import Basics

/// A server that cannot be started: it is stopped, and each start ends at once with an error.
///
/// Confirmed by a start since, whose process is gone; healed by a start that succeeds.
public struct StartRefused: TakingDown {
  public static let name = "start-refused"
  public static let summary = "Stops a component; every start of it ends at once with an error."
  public static let mustLast = true
  public static let confirmation =
    "By a start that was tried and whose process is gone; it must still hold when it is healed."

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public var text: String { "refuse the start of" }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try takeDown(targets.instances(in: cluster.stack), on: cluster) { instance throws(FaultError) in
      try cluster.setStarting(.refused, of: instance)
      try cluster.stop(instance)
      try cluster.start(instance)
    }
  }

  public func confirm(
    on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant
  )
    throws(FaultError) -> Confirmation
  {
    let instances = targets.instances(in: cluster.stack)
    return try instances.confirmed("a start of \(listed(instances)) ended at once") {
      instance throws(FaultError) in
      let state = try cluster.state(of: instance)
      if state.isMainAlive { return "\(instance) runs" }
      return state.starts.contains { $0 >= injected } ? nil : "no start of \(instance) was tried"
    }
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    for instance in targets.instances(in: cluster.stack) {
      try cluster.setStarting(.usual, of: instance)
    }
    try targets.start(on: cluster, sparing: others)
  }
}
