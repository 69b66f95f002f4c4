public import Basics

/// A server that is restarted and comes up late: its process is there, and serves nobody for a while.
///
/// Confirmed by its process being alive and not ready, well into that time; healed by the next start
/// being a usual one.
public struct SlowStart: TakingDown {
  public static let name = "slow-start"
  public static let summary = "Restarts a component; its process waits before it begins to serve."
  public static let schema = Schema([
    .init(
      "by", .duration, "How long each start takes longer, 1s at least.", isRequired: true,
      samples: ["1s", "2s"])
  ])
  public static let confirmation =
    "By its process being alive and not ready after half of that time; by no look within it, not."

  /// How much longer a start takes.
  public let delay: Duration

  public init(_ settings: Settings) throws(FaultSettingsError) {
    delay = settings.duration("by") ?? .zero
    guard delay >= .seconds(1) else { throw FaultSettingsError("by", "'by' must be 1s at least") }
  }

  public var leastLength: Duration { delay + .seconds(1) }

  public var text: String { "start late, by \(delay.text)," }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try takeDown(targets.instances(in: cluster.stack), on: cluster) { instance throws(FaultError) in
      try cluster.setStarting(.delayed(by: delay), of: instance)
      try cluster.stop(instance)
      try cluster.start(instance)
    }
  }

  /// When half of the delay is over it must still be alive, and not ready.
  public func confirm(
    on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant
  )
    throws(FaultError) -> Confirmation
  {
    let instances = targets.instances(in: cluster.stack)
    return try instances.confirmed("\(listed(instances)) ran for \((delay / 2).text), not ready") {
      instance throws(FaultError) in
      let state = try cluster.state(of: instance)
      guard let start = state.starts.last, state.isMainAlive else { return "\(instance) is down" }
      if try cluster.isReady(instance) { return "\(instance) is ready already" }
      let age = start.duration(to: now)
      guard age >= delay / 2 else { return "\(instance) was started \(age.text) ago only" }
      return age < delay ? nil : "nobody looked at \(instance) in time"
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
