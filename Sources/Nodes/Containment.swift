internal import Basics
internal import CLinux
internal import Glibc
internal import Linux

/// What holds the processes of a component or a node together, so that none escapes a kill or a
/// pause by forking away.
enum Containment: Sendable {
  case cgroup(Cgroup)
  /// Without cgroups: every process whose environment carries the mark, and their descendants.
  case marked(ProcessMark)

  /// That of a node, bounded by what the node may take where the machine can.
  static func forNode(_ node: NodeSpec, in space: RunSpace) throws(NodesError) -> Containment {
    guard let cgroup = space.cgroup else {
      return .marked(ProcessMark(name: "\(space.mark)\(node.name)/", sessions: MarkedSessions()))
    }
    return try system { () throws(Errno) in
      try cgroup.passLimitsOn()
      let nodes = try cgroup.child("nodes")
      try nodes.passLimitsOn()
      let own = try nodes.child(node.name.text)
      try own.bound("pids", to: node.mostProcesses)
      if let bytes = node.mostMemory { try own.bound("memory", to: bytes) }
      return .cgroup(own)
    }
  }

  /// A part of it with that name.
  func part(_ name: String) throws(Errno) -> Containment {
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else {
      throw Errno(EINVAL, "make a cgroup named '\(name)'")
    }
    return switch self {
    case .cgroup(let cgroup): .cgroup(try cgroup.child(name))
    case .marked(let mark):
      .marked(ProcessMark(name: mark.name + name + "/", sessions: mark.sessions))
    }
  }

  private func place(in namespaces: SpawnPlace.Namespaces) -> SpawnPlace {
    switch self {
    case .cgroup(let cgroup):
      SpawnPlace(namespaces: namespaces, cgroup: cgroup.folder.raw, isConfined: true)
    case .marked(let mark):
      SpawnPlace(namespaces: namespaces, isConfined: true, marks: [ProcessMark.variable: mark.name])
    }
  }

  /// Starts a command so that it belongs to it.
  func spawn(_ command: Command, in namespaces: SpawnPlace.Namespaces) throws(NodesError) -> Spawned
  {
    let spawned = try command.spawn(in: place(in: namespaces))
    if case .marked(let mark) = self { mark.sessions.add(spawned.pid, under: mark.name) }
    return spawned
  }

  /// Kills everything in it and waits until it is gone.
  func kill(until deadline: Int64) throws(NodesError) -> Proof {
    let isGone = try system { () throws(Errno) in
      switch self {
      case .cgroup(let cgroup):
        try cgroup.kill()
        return try cgroup.wait(for: "populated", false, until: deadline)
      case .marked(let mark): return try mark.killAll(until: deadline)
      }
    }
    guard isGone else { throw .notConfirmed("processes are still there after SIGKILL") }
    return proof("cgroup.events: populated 0", "no process carries the mark")
  }

  /// Sends SIGKILL to everything in it.
  func strike() throws(Errno) {
    switch self {
    case .cgroup(let cgroup): try cgroup.kill()
    case .marked(let mark): _ = try mark.killAll(until: MonotonicClock.nanoseconds)
    }
  }

  /// Freezes or thaws everything in it and waits for the kernel's word on it.
  func setFrozen(_ on: Bool, until deadline: Int64) throws(NodesError) -> Proof {
    let isDone = try system { () throws(Errno) in
      switch self {
      case .cgroup(let cgroup):
        try cgroup.setFrozen(on)
        return try cgroup.wait(for: "frozen", on, until: deadline)
      case .marked(let mark): return try mark.setStopped(on, until: deadline)
      }
    }
    guard isDone else { throw .notConfirmed(on ? "not everything froze" : "still frozen") }
    return proof(
      "cgroup.events: frozen \(on ? 1 : 0)",
      on ? "every process is in state T" : "no process is in state T")
  }

  /// True when nothing is in it, or no longer after a moment: the kernel takes a process out of
  /// its cgroup shortly after it reported its end.
  func isSoonEmpty() throws(Errno) -> Bool {
    switch self {
    case .cgroup(let cgroup):
      try cgroup.wait(for: "populated", false, until: MonotonicClock.nanoseconds + 3_000_000)
    case .marked(let mark): try mark.processes().isEmpty
    }
  }

  /// Removes what is left of it when its last process is gone. A cgroup that was killed once is
  /// not used again: kernels were seen to kill whatever is born into it (6.18).
  func remove() throws(Errno) {
    guard case .cgroup(let cgroup) = self else { return }
    unsafe try Errno.check(cl_cgroup_remove(cgroup.path, 5000), "remove cgroup \(cgroup.path)")
  }

  /// The processes in it, parts included.
  func processes() throws(Errno) -> [Int32] {
    switch self {
    case .cgroup(let cgroup): try cgroup.allProcesses()
    case .marked(let mark): try mark.processes()
    }
  }

  private func proof(_ cgroup: String, _ mark: String) -> Proof {
    let at = MonotonicClock.nanoseconds
    return switch self {
    case .cgroup: Proof(evidence: cgroup, at: at)
    case .marked: Proof(evidence: mark, at: at)
    }
  }
}
