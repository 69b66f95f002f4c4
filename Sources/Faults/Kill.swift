public import Basics
internal import Durability
public import Histories
public import Stacks

/// SIGKILL to a server's processes; without a component the whole node loses power.
///
/// Confirmed by the processes being gone. Healed by starting them again, or by power.
public struct Kill: Fault {
  public static let name = "kill"
  public static let summary = "Kills a component's processes, or takes a node's power away."
  public static let schema = Schema([
    .init(
      "only", .choice(["main", "all"]), "Just the main process, or all of them.", default: "all")
  ])
  public static let aim = Aim.nodesOrInstances

  public static let meansBareNodes = true

  /// Whether the main process alone is killed (`only: main`), not all processes of the instance;
  /// refused for whole nodes.
  public let mainOnly: Bool

  public init(_ settings: Settings) throws(FaultSettingsError) {
    mainOnly = settings.text("only") == "main"
  }

  private init(mainOnly: Bool) { self.mainOnly = mainOnly }

  /// Of whole nodes: their power.
  static let power = Kill(mainOnly: false)

  public var text: String { mainOnly ? "kill the main process of" : "kill" }

  public func reach(on targets: Targets) -> FaultReach { .away }

  public func holds(on targets: Targets) -> Set<Hold> {
    targets.downHolds.union(targets.nodes.map { .powerless($0) })
  }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    guard mainOnly, case .target(_, component: nil) = aim else { return nil }
    return FaultSettingsError("only", "'only' is about a component's processes")
  }

  /// A machine without power forgets what was not on its disk yet.
  public func usesDisk(aimedAt aim: AimedAt) -> Bool {
    if case .target(_, component: nil) = aim { true } else { false }
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for instance in targets.instances {
      attempts.attempt { () throws(FaultError) in
        try Targets(.instances([instance])).requireRunning(on: cluster, for: "kill")
        try cluster.signal(.kill, instance, mainOnly: mainOnly)
      }
    }
    for node in targets.nodes {
      attempts.attempt { () throws(FaultError) in
        guard try cluster.power(of: node).isOn else {
          throw FaultError("kill \(node)", "it was without power already")
        }
        try cluster.powerOff(node)
      }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    guard targets.nodes.isEmpty else {
      let lost = try lost(by: targets.nodes, of: cluster)
      return try targets.nodes.confirmed(
        "\(listed(targets.nodes)) without power, all processes gone\(lost)"
      ) { node throws(FaultError) in
        let power = try cluster.power(of: node)
        if power.isOn { return "\(node) still has power" }
        return power.processes > 0 ? "\(power.processes) processes of \(node) are alive" : nil
      }
    }
    return try targets.confirmGone(on: cluster, mainOnly: mainOnly)
  }

  /// What the disks of these nodes say they lost, to be added to a sentence.
  private func lost(by nodes: [NodeID], of cluster: some Cluster) throws(FaultError) -> String {
    var words = ""
    for node in nodes {
      guard let losses = try cluster.losses(of: node) else { continue }
      words += "; the disk of \(node) lost \(losses.words)"
    }
    return words
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    var attempts = Attempts()
    attempts.attempt { () throws(FaultError) in
      try targets.powerOn(on: cluster, sparing: others)
    }
    if !targets.instances.isEmpty {
      attempts.attempt { () throws(FaultError) in
        try targets.start(on: cluster, sparing: others)
      }
    }
    try attempts.finish()
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    try targets.confirmPowered(on: cluster, sparing: others)
  }
}
