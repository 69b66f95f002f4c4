public import Basics
public import Stacks

/// A health check that lies: it says that all is well while the service is dead, or that nothing is while
/// it works.
///
/// The component has the acts `say-healthy` and `say-unhealthy`, whose probes ask as a balancer does.
public struct HealthLies: ActFault {
  public static let name = "health-lies"
  public static let summary =
    "A component's health check says up while the service is dead, or down."
  public static let schema = Schema([
    .init("says", .choice(["up", "down"]), "What the health check says.", isRequired: true),
    .init(
      "kills", .text,
      "With says up: the component on the same node that is killed meanwhile, so that it is a lie.",
      example: "database"),
  ])
  public static let mustLast = true
  public static let confirmation =
    "By asking as a balancer does, and the killed processes being gone, to the end."

  /// Whether it says that all is well.
  public let saysUp: Bool
  /// The component that is killed meanwhile.
  public let victim: String?

  var act: String { saysUp ? "say-healthy" : "say-unhealthy" }
  let about = ""

  public init(_ settings: Settings) throws(FaultSettingsError) {
    saysUp = settings.text("says") == "up"
    victim = settings.text("kills")
    if saysUp, victim == nil {
      throw FaultSettingsError("kills", "'says: up' is no lie unless 'kills' names who is dead")
    }
    if !saysUp, victim != nil {
      throw FaultSettingsError("kills", "with 'says: down' nobody is killed")
    }
  }

  public var text: String { "health check says \(saysUp ? "up" : "down") of" }

  public func holds(on targets: Targets) -> Set<Hold> { victims(targets).downHolds }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    if let victim, stack.instances(of: victim).isEmpty {
      return FaultSettingsError("kills", "no component '\(victim)' is in the stack")
    }
    return missingAct(aimedAt: aim, in: stack)
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    try victims(targets).requireRunning(on: cluster, for: "kill")
    try begin(on: cluster, targets)
    for instance in victims(targets).instances {
      try cluster.signal(.kill, instance, mainOnly: false)
    }
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    let lie = try shown(on: cluster, targets)
    guard lie.isConfirmed, victim != nil else { return lie }
    let gone = try victims(targets).confirmGone(on: cluster)
    return gone.isConfirmed ? .yes("\(lie.sentence); \(gone.sentence)") : gone
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    var attempts = Attempts()
    attempts.attempt { () throws(FaultError) in try end(on: cluster, targets) }
    attempts.attempt { () throws(FaultError) in
      try victims(targets).start(on: cluster, sparing: others)
    }
    try attempts.finish()
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    // What says that all is well is no lie any more once the service lives.
    try saysUp
      ? victims(targets).confirmReady(on: cluster, sparing: others)
      : shownNoMore(on: cluster, targets)
  }

  private func victims(_ targets: Targets) -> Targets {
    Targets(
      .instances(
        targets.instances.compactMap { instance in
          victim.map { InstanceID(node: instance.node, component: $0) }
        }))
  }
}
