public import Basics
public import Stacks

/// The operator puts spare nodes into service, or takes nodes out of it, one after another, until so many
/// serve.
///
/// Confirmed when exactly so many serve, and all that runs on them is ready.
public struct Scale: Action {
  public static let name = "scale"
  public static let summary =
    "Puts spare nodes into service one at a time, or takes them out of it, until so many serve."
  public static let schema = Schema([
    .init(
      "to", .count(1...256), "How many nodes of those it is aimed at are to serve.",
      isRequired: true, example: "2"),
    .init("limit", .duration, "How long it all may take; then it has failed.", default: "60s"),
  ])
  public static let aim = Aim.nodes
  public static let reachesSpares = true
  public static let confirmation =
    "By so many nodes serving, all that runs on them being ready, and nothing running on the others."

  /// How many are to serve.
  public let count: Int
  /// How long it all may take.
  public let limit: Duration

  public init(_ settings: Settings) throws(FaultSettingsError) {
    count = settings.integer("to") ?? 1
    limit = settings.duration("limit") ?? .seconds(60)
    guard limit > .zero else { throw FaultSettingsError("limit", "'limit' must not be zero") }
  }

  public var text: String { "scale to \(count)" }

  public var rhythm: Rhythm? { Rhythm(every: .milliseconds(50), within: limit) }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? {
    guard case .target(let target, _) = aim, let nodes = target.nodes(in: stack), !nodes.isEmpty
    else { return nil }
    if target.pick == .one {
      return FaultSettingsError("target", "it is about all nodes of a kind, so without 'one-of'")
    }
    if nodes.count < count {
      return FaultSettingsError(
        "to",
        "\(target) is \(nodes.count) nodes, spare ones included, so no \(count) of them can serve")
    }
    let fixed = nodes.filter { !$0.isSpare }.count
    if count < fixed {
      return FaultSettingsError(
        "to",
        "only a node with 'spare: true' is taken out of service, and \(fixed) of \(target) are none; "
          + "use 'stop' to stop one of those")
    }
    guard nodes.contains(where: \.isSpare) else {
      return FaultSettingsError(
        "target", "\(target) has no node with 'spare: true', so none can join")
    }
    return nil
  }

  /// Nothing is done at first: each beat does what is next.
  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {}

  public func beat(
    on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant
  ) throws(FaultError) {
    let serving = targets.nodes.filter { !cluster.isSpare($0) }
    for node in serving {
      for instance in instances(of: node, in: cluster.stack)
      where try !cluster.isReady(instance) { return }
    }
    if serving.count < count, let next = targets.nodes.first(where: cluster.isSpare) {
      return try join(next, cluster)
    }
    let last = serving.last { cluster.stack.node($0)?.isSpare == true }
    if serving.count > count, let last { try leave(last, cluster) }
  }

  private func join(_ node: NodeID, _ cluster: some Cluster) throws(FaultError) {
    cluster.setSpare(node, false)
    for instance in instances(of: node, in: cluster.stack) { try cluster.start(instance) }
  }

  private func leave(_ node: NodeID, _ cluster: some Cluster) throws(FaultError) {
    for instance in instances(of: node, in: cluster.stack).reversed() {
      try cluster.stop(instance)
    }
    cluster.setSpare(node, true)
  }

  /// In the order in which they start.
  private func instances(of node: NodeID, in stack: ResolvedStack) -> [InstanceID] {
    stack.startOrder.joined().filter { $0.node == node }
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    let serving = targets.nodes.filter { !cluster.isSpare($0) }
    guard serving.count == count else { return .no("\(serving.count) serve, not \(count)") }
    for node in targets.nodes {
      for instance in instances(of: node, in: cluster.stack) {
        let isServing = serving.contains(node)
        let state = try cluster.state(of: instance)
        if !isServing, state.processes > 0 { return .no("\(instance) still runs") }
        if isServing, try !cluster.isReady(instance) { return .no("\(instance) is not ready") }
      }
    }
    return .yes("\(listed(serving)) serve, with all that runs on them ready")
  }
}
