public import Basics
internal import Glibc
internal import Linux
internal import Synchronization

extension Supervisor {
  /// Asks a component's main process to end by a signal; kills the whole component where it has
  /// not ended after the grace. What the component left running is killed as well.
  @discardableResult
  public func stop(
    _ instance: InstanceID, signal: Int32 = 15, grace: Duration
  ) throws(NodesError) -> Exit {
    let entry = try running(instance)
    order([instance])
    try system { () throws(Errno) in try entry.child.send(signal) }
    let graceful = entry.child.ended.wait(until: MonotonicClock.nanoseconds + grace.nanoseconds)
    _ = try entry.containment.kill(until: Self.deadline)
    return graceful ?? entry.child.ended.wait()
  }

  /// From now on the end of a component that runs is not its own doing.
  public func expectEnd(of instance: InstanceID) { order([instance]) }

  /// Sends a signal to a component's main process and expects nothing: a reload, a checkpoint.
  public func signal(_ instance: InstanceID, _ signal: Int32) throws(NodesError) {
    let entry = try running(instance)
    try system { () throws(Errno) in try entry.child.send(signal) }
  }

  /// Kills every process of a component at once by SIGKILL, and waits until they are gone.
  public func kill(_ instance: InstanceID) throws(NodesError) -> Proof {
    guard let entry = entries.withLock({ $0[instance] }) else { throw .notRunning(instance) }
    order([instance])
    let confirmation = try entry.containment.kill(until: Self.deadline)
    _ = entry.child.ended.wait(until: Self.deadline)
    return confirmation
  }

  /// Kills only a component's main process, as an out-of-memory killer would: what its children
  /// then do is theirs. Confirmed by the end of that process.
  public func killMain(_ instance: InstanceID) throws(NodesError) -> Proof {
    let entry = try running(instance)
    order([instance])
    try system { () throws(Errno) in try entry.child.send(SIGKILL) }
    guard let exit = entry.child.ended.wait(until: Self.deadline) else {
      throw .notConfirmed("process \(entry.child.pid) of \(instance) is still there after SIGKILL")
    }
    return Proof(evidence: "process \(entry.child.pid) \(exit)", at: exit.at)
  }

  /// Kills every process on a node at once, probes and tools included: the power is gone, and with
  /// it what the kernel kept for them between processes (System V memory, message queues). Only the
  /// node's own first process stays, which is none of any server's. The addresses that were held
  /// stay until `Node.restoreAddresses`; cut the links first.
  public func killAll(on node: Node) throws(NodesError) -> Proof {
    order(instances(on: node))
    let confirmation = try node.containment.kill(until: Self.deadline)
    try node.tools.kill(until: Self.deadline)
    if node.isPaused { _ = try resumeAll(on: node) }
    for instance in instances(on: node) {
      _ = entries.withLock { $0[instance] }?.child.ended.wait(until: Self.deadline)
    }
    try node.ground.renewMessages()
    return confirmation
  }

  /// Sends SIGKILL to every process of a node's components, and waits for nothing: where they wait for
  /// a disk that does not answer, they end later. `killAll` follows.
  public func strikeAll(on node: Node) throws(NodesError) {
    order(instances(on: node))
    try system { () throws(Errno) in try node.containment.strike() }
  }

  /// Freezes every process of a component; confirmed by the freezer's own state.
  public func pause(_ instance: InstanceID) throws(NodesError) -> Proof {
    try setPaused(true, try running(instance), instance)
  }

  /// Thaws them; confirmed likewise.
  public func resume(_ instance: InstanceID) throws(NodesError) -> Proof {
    try setPaused(false, try running(instance), instance)
  }

  private func setPaused(
    _ on: Bool, _ entry: Entry, _ instance: InstanceID
  ) throws(NodesError) -> Proof {
    try entry.node.gate.withLock { _ throws(NodesError) in
      if entry.node.isPaused { throw .nodeIsPaused(entry.node.name) }
      let confirmation = try entry.containment.setFrozen(on, until: Self.deadline)
      // Whoever holds the gate next must know: a quota thaws nothing that is paused.
      entries.withLock { $0[instance]?.isPaused = on }
      return confirmation
    }
  }

  /// Freezes everything a node runs (probes and `exec` aside): it hangs, its network stays.
  public func pauseAll(on node: Node) throws(NodesError) -> Proof {
    try node.gate.withLock { _ throws(NodesError) in
      let confirmation = try node.containment.setFrozen(true, until: Self.deadline)
      node.setPaused(true)
      return confirmation
    }
  }

  /// Thaws it, components that were paused one by one excepted.
  public func resumeAll(on node: Node) throws(NodesError) -> Proof {
    try node.gate.withLock { _ throws(NodesError) in
      let confirmation = try node.containment.setFrozen(false, until: Self.deadline)
      node.setPaused(false)
      return confirmation
    }
  }

  /// The components that were started on a node, in order.
  public func instances(on node: Node) -> [InstanceID] {
    entries.withLock { $0.keys.filter { $0.node == node.name } }.sorted()
  }
}
