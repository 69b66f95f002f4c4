internal import Basics
internal import Glibc
internal import Linux
internal import Synchronization

/// What squeezes of a component need to know and do.
extension Supervisor {
  /// Stops or continues every process of a component for the sake of a quota. What is paused is left alone,
  /// for it stays so until it is resumed.
  ///
  /// - Parameter deadline: waits until then for the kernel's word on it; nil does not wait.
  func setHeld(_ on: Bool, _ instance: InstanceID, until deadline: Int64? = nil) throws(NodesError)
  {
    guard let node = entries.withLock({ $0[instance]?.node }) else { return }
    try node.gate.withLock { _ throws(NodesError) in
      guard let entry = entries.withLock({ $0[instance] }), !entry.isPaused, !node.isPaused else {
        return
      }
      guard let deadline else {
        return try system { () throws(Errno) in try entry.containment.sendStop(on) }
      }
      _ = try entry.containment.setFrozen(on, until: deadline)
    }
  }

  /// The processor time that a component has had since it was started; begins anew with each start.
  func processorTime(of instance: InstanceID) throws(NodesError) -> Int64 {
    guard let entry = entries.withLock({ $0[instance] }) else { return 0 }
    return try system { () throws(Errno) in try entry.containment.processorNanoseconds() }
  }

  /// Kills one process of a component, as an out-of-memory killer does. Where it is the main one, its end
  /// is ordered.
  func killOne(_ pid: Int32, of instance: InstanceID) {
    if entries.withLock({ $0[instance]?.child.pid }) == pid { order([instance]) }
    _ = Glibc.kill(pid, SIGKILL)
  }
}

extension Containment {
  /// Tells everything in it to stop or to go on, and does not wait for it.
  func sendStop(_ on: Bool) throws(Errno) {
    switch self {
    case .cgroup(let cgroup): try cgroup.setFrozen(on)
    case .marked(let mark):
      for pid in try mark.processes() { _ = Glibc.kill(pid, on ? SIGSTOP : SIGCONT) }
    }
  }

  /// The processor time of all that is and was in it: that of a cgroup, exact, which the kernel counts
  /// without any controller (cgroup-v2.rst, `cpu.stat`); else that of its processes and of the children
  /// they have waited for, in clock ticks.
  func processorNanoseconds() throws(Errno) -> Int64 {
    if case .cgroup(let cgroup) = self, let time = cgroup.processorNanoseconds { return time }
    let ticks = try processes().reduce(Int64(0)) { $0 + (ProcessStat($1)?.ticks ?? 0) }
    return ticks * Self.tickNanoseconds
  }

  private static let tickNanoseconds = 1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK)))
}

extension Cgroup {
  /// Of all that is and was in it; nil where the kernel does not count it.
  fileprivate var processorNanoseconds: Int64? {
    guard let text = try? Files.read("\(path)/cpu.stat"),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("usage_usec ") })
    else { return nil }
    return Int64(line.dropFirst("usage_usec ".count)).map { $0 * 1000 }
  }
}
