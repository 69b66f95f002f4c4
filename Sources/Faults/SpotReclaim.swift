public import Basics
public import Histories
public import Stacks

/// A machine that is taken away after a notice, as providers do with spot instances: whoever has the act
/// `notice` on it hears of it, and after that time its power is gone.
///
/// The notice of the large providers is 30 s to 2 min; a run scales it.
public struct SpotReclaim: Fault {
  public static let name = "spot-reclaim"
  public static let summary =
    "Gives a node's components notice, and takes its power when that is over."
  public static let schema = Schema([
    .init("notice", .duration, "From the notice to the end.", default: "5s", samples: ["1s", "2s"])
  ])
  public static let aim = Aim.nodes
  public static let confirmation =
    "By the notices having been taken, and no process being left when their time is over."

  /// From the notice to the end.
  public let notice: Duration

  private static let act = "notice"

  public init(_ settings: Settings) throws(FaultSettingsError) {
    notice = settings.duration("notice") ?? .seconds(5)
    guard notice > .zero else { throw FaultSettingsError("notice", "'notice' must not be zero") }
  }

  public var leastLength: Duration { notice + .milliseconds(1500) }

  public var text: String { "reclaim, with a notice of \(notice.text)," }

  public var rhythm: Rhythm? { Rhythm(every: .milliseconds(10)) }

  public func reach(on targets: Targets) -> FaultReach { .away }

  public func holds(on targets: Targets) -> Set<Hold> {
    Set(targets.nodes.map { .powerless($0) })
  }

  /// A machine without power forgets what was not on its disk yet.
  public func usesDisk(aimedAt aim: AimedAt) -> Bool { true }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    func hears(_ node: StackNode) -> Bool { node.instances.contains { $0.act(Self.act) != nil } }
    guard stack.nodes.contains(where: hears) else {
      return FaultSettingsError(
        "target", "no component of the stack has an act 'notice'; 'kill' takes power without one")
    }
    guard case .target(let target, _) = aim, let nodes = target.nodes(in: stack),
      let deaf = nodes.first(where: { !hears($0) })
    else { return nil }
    return FaultSettingsError(
      "target", "no component on \(deaf.id) has an act 'notice'; 'kill' takes power without one")
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    let hearers = targets.instances(in: cluster.stack).filter {
      cluster.stack.instance($0)?.act(Self.act) != nil
    }
    guard !hearers.isEmpty else {
      throw FaultError(
        "give notice to \(listed(targets.nodes))", "no component on it has an act 'notice'")
    }
    for node in targets.nodes where try !cluster.power(of: node).isOn {
      throw FaultError("give notice to \(node)", "it was without power already")
    }
    var attempts = Attempts()
    for instance in hearers {
      attempts.attempt { () throws(FaultError) in
        try cluster.carryOut(Self.act, .command, on: instance, about: instance.node.text)
      }
    }
    try attempts.finish()
  }

  public func beat(
    on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant
  ) throws(FaultError) {
    guard injected.duration(to: now) >= notice else { return }
    for node in targets.nodes where try cluster.power(of: node).isOn {
      try cluster.powerOff(node)
    }
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    let gone = try Kill.power.confirm(on: cluster, targets)
    return gone.isConfirmed ? .yes("notice was taken; \(gone.sentence)") : gone
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    try Kill.power.heal(on: cluster, targets, sparing: others)
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    try Kill.power.confirmHealed(on: cluster, targets, sparing: others)
  }
}
