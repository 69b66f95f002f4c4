public import Basics
public import Histories
internal import Stacks

/// Freezes a server's processes: it keeps its connections and its memory, and does nothing.
///
/// Confirmed by the freezer's state, which must last until it is thawed.
public struct Pause: Fault {
  public static let name = "pause"
  public static let summary = "Freezes a component's processes; to others it hangs."
  public static let schema = Schema.empty
  public static let aim = Aim.nodesOrInstances
  public static let mustLast = true

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public func reach(on targets: Targets) -> FaultReach { .away }

  public func holds(on targets: Targets) -> Set<Hold> {
    Set(targets.instances.map { .frozen($0) })
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for instance in targets.instances(in: cluster.stack) {
      attempts.attempt { () throws(FaultError) in
        try Targets(.instances([instance])).requireRunning(on: cluster, for: "pause")
        try cluster.freeze(instance)
      }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    let instances = targets.instances(in: cluster.stack)
    return try instances.confirmed("the freezer holds \(listed(instances))") {
      instance throws(FaultError) in
      let state = try cluster.state(of: instance)
      if state.processes == 0 { return "\(instance) has no process to freeze" }
      return state.isFrozen ? nil : "\(instance) is not frozen"
    }
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    var attempts = Attempts()
    for instance in thawable(targets, cluster.stack, others) {
      attempts.attempt { () throws(FaultError) in try cluster.thaw(instance) }
    }
    try attempts.finish()
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    let instances = thawable(targets, cluster.stack, others)
    guard !instances.isEmpty else { return .yes("left to the healing of another fault") }
    return try instances.confirmed("\(listed(instances)) runs again") {
      instance throws(FaultError) in
      try cluster.state(of: instance).isFrozen ? "\(instance) is still frozen" : nil
    }
  }

  private func thawable(_ targets: Targets, _ stack: ResolvedStack, _ others: Set<Hold>)
    -> [InstanceID]
  {
    targets.instances(in: stack).filter { !others.contains(.frozen($0)) }
  }
}
