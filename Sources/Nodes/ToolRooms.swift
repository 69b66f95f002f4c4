internal import Basics
internal import Linux
internal import Synchronization

/// Containments for short commands on one node: probes, role queries, steps of an operator. They
/// are apart from the components, so that a paused node can still be looked at, and are used
/// again, so that a probe costs no new cgroup.
final class ToolRooms: Sendable {
  private struct State {
    var free: [Containment] = []
    var made = 0
  }

  private let whole: Containment
  private let state = Mutex(State())

  init(_ node: NodeID, in space: RunSpace) throws(NodesError) {
    if let cgroup = space.cgroup {
      whole = try system { () throws(Errno) in
        .cgroup(try cgroup.child("tools").child(node.text))
      }
    } else {
      whole = .marked(ProcessMark(name: "tools/\(node)/"))
    }
  }

  func take() throws(Errno) -> Containment {
    let (room, number) = state.withLock { state -> (Containment?, Int) in
      if let room = state.free.popLast() { return (room, 0) }
      state.made += 1
      return (nil, state.made)
    }
    if let room { return room }
    return try whole.part(String(number))
  }

  /// Gives an empty one back.
  func giveBack(_ room: Containment) { state.withLock { $0.free.append(room) } }

  /// Kills every tool that runs on the node now.
  func kill(until deadline: Int64) throws(NodesError) -> Confirmation {
    try whole.kill(until: deadline)
  }
}
