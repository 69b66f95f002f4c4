internal import Basics
internal import Stacks

/// How faults that take something down bring it up again.
extension Targets {
  /// Starts what nobody else holds down, on nodes that have power.
  func start(on cluster: some Cluster, sparing others: Set<Hold>) throws(FaultError) {
    var attempts = Attempts()
    for instance in startable(in: cluster.stack, sparing: others) {
      attempts.attempt { () throws(FaultError) in try cluster.start(instance) }
    }
    try attempts.finish()
  }

  /// Whether all that was started is ready.
  func confirmReady(on cluster: some Cluster, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    let started = startable(in: cluster.stack, sparing: others)
    guard !started.isEmpty else { return .yes("left to the healing of another fault") }
    return try started.confirmed("\(listed(started)) ready again") {
      instance throws(FaultError) in
      try cluster.isReady(instance) ? nil : "\(instance) is not ready"
    }
  }

  /// Gives power back to the nodes that no other fault holds without it.
  func powerOn(on cluster: some Cluster, sparing others: Set<Hold>) throws(FaultError) {
    let down = Set(others.compactMap { if case .down(let instance) = $0 { instance } else { nil } })
    var attempts = Attempts()
    for node in nodes where !others.contains(.powerless(node)) {
      attempts.attempt { () throws(FaultError) in
        try cluster.powerOn(node, except: down.filter { $0.node == node })
      }
    }
    try attempts.finish()
  }

  /// Whether they have power again, and all that was started is ready.
  func confirmPowered(on cluster: some Cluster, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    for node in nodes where !others.contains(.powerless(node)) {
      if try !cluster.power(of: node).isOn { return .no("\(node) is without power") }
    }
    if instances(in: cluster.stack).isEmpty { return .yes("\(listed(nodes)) has power again") }
    return try confirmReady(on: cluster, sparing: others)
  }

  /// Whether no process is left.
  func confirmGone(on cluster: some Cluster, mainOnly: Bool = false)
    throws(FaultError) -> Confirmation
  {
    let instances = instances(in: cluster.stack)
    let what = mainOnly ? "main process" : "every process"
    return try instances.confirmed("\(what) of \(listed(instances)) is gone") {
      instance throws(FaultError) in
      let state = try cluster.state(of: instance)
      if mainOnly { return state.isMainAlive ? "main process of \(instance) is alive" : nil }
      return state.processes > 0 ? "\(state.processes) processes of \(instance) are alive" : nil
    }
  }

  /// Refuses to take down what is down already: nothing would happen, and it would look done.
  func requireRunning(on cluster: some Cluster, for act: String) throws(FaultError) {
    for instance in instances(in: cluster.stack) {
      guard try cluster.state(of: instance).isMainAlive else {
        throw FaultError("\(act) \(instance)", "it was not running")
      }
    }
  }

  var downHolds: Set<Hold> { Set(instances.map { .down($0) }) }

  private func startable(in stack: ResolvedStack, sparing others: Set<Hold>) -> [InstanceID] {
    instances(in: stack).filter {
      !others.contains(.down($0)) && !others.contains(.powerless($0.node))
        && !others.contains(.dead($0.node))
    }
  }
}
