public import Basics
public import Histories

/// A server that crashes again and again: killed, started at once as an init system would, and
/// killed again after a while.
///
/// Confirmed once it has been started twice since; healed by leaving it alone.
public struct CrashLoop: Fault {
  public static let name = "crash-loop"
  public static let summary =
    "Kills a component's processes again and again, each time started anew."
  public static let schema = Schema([
    .init("period", .duration, "From one crash to the next, 100ms at least.", default: "2s")
  ])
  public static let aim = Aim.nodesOrInstances
  public static let confirmation = "By the processes' ends, and two starts since it began."

  /// From one crash to the next.
  public let period: Duration

  public init(_ settings: Settings) throws(FaultSettingsError) {
    period = settings.duration("period") ?? .seconds(2)
    guard period >= .milliseconds(100) else {
      throw FaultSettingsError("period", "'period' must be 100ms at least")
    }
  }

  public var text: String { "crash loop, every \(period.text), of" }

  public var rhythm: Rhythm? { Rhythm(every: period) }

  public func reach(on targets: Targets) -> FaultReach { .away }

  public func holds(on targets: Targets) -> Set<Hold> { targets.downHolds }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try targets.requireRunning(on: cluster, for: Self.name)
    try crash(targets, on: cluster)
  }

  public func beat(
    on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant
  ) throws(FaultError) {
    // The first beat comes with the injection.
    guard injected.duration(to: now) >= period / 2 else { return }
    try crash(targets, on: cluster)
  }

  private func crash(_ targets: Targets, on cluster: some Cluster) throws(FaultError) {
    var attempts = Attempts()
    for instance in targets.instances(in: cluster.stack) {
      attempts.attempt { () throws(FaultError) in
        try cluster.signal(.kill, instance, mainOnly: false)
        try cluster.start(instance)
      }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    try confirm(on: cluster, targets, since: .start, now: .start)
  }

  public func confirm(
    on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant
  )
    throws(FaultError) -> Confirmation
  {
    let instances = targets.instances(in: cluster.stack)
    return try instances.confirmed("\(listed(instances)) crashed twice and more") {
      instance throws(FaultError) in
      let starts = try cluster.state(of: instance).starts.count { $0 >= injected }
      return starts >= 2 ? nil : "\(instance) was started \(starts) times since"
    }
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
