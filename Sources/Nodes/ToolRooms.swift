internal import Basics
internal import Linux
internal import Synchronization

/// Containments for short commands on one node: probes, role queries, steps of an operator. They
/// are apart from the components, so that a paused node can still be looked at, and are used
/// again while nothing in them had to be killed, so that a probe costs no new cgroup.
final class ToolRooms: Sendable {
  struct Room: Sendable {
    let number: Int
    let containment: Containment
  }

  private struct State {
    var free: [Room] = []
    var used: [Int: Room] = [:]
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
      whole = .marked(ProcessMark(name: "\(space.mark)tools/\(node)/", sessions: MarkedSessions()))
    }
  }

  func take() throws(Errno) -> Room {
    let (free, number) = state.withLock { state -> (Room?, Int) in
      if let room = state.free.popLast() {
        state.used[room.number] = room
        return (room, room.number)
      }
      state.made += 1
      return (nil, state.made)
    }
    if let free { return free }
    let room = Room(number: number, containment: try whole.part(String(number)))
    state.withLock { $0.used[number] = room }
    return room
  }

  /// Ends what is still in a room, which its tool has left. A second time is fine.
  func leave(_ room: Room, until deadline: Int64) throws(NodesError) {
    guard state.withLock({ $0.used[room.number] != nil }) else { return }
    let wasEmpty = try system { () throws(Errno) in try room.containment.isSoonEmpty() }
    if !wasEmpty {
      _ = try room.containment.kill(until: deadline)
      try system { () throws(Errno) in try room.containment.remove() }
    }
    state.withLock { state in
      state.used[room.number] = nil
      if wasEmpty { state.free.append(room) }
    }
  }

  /// Kills every tool that runs on the node now.
  func kill(until deadline: Int64) throws(NodesError) {
    let used = state.withLock { $0.used.values.sorted { $0.number < $1.number } }
    for room in used { _ = try room.containment.kill(until: deadline) }
  }
}
