import ServiceGround
import Synchronization

@testable import twosite_store

/// A replica that has nobody to agree with: every command is applied at once. A test may look at each step, change what
/// comes of it, and say who leads.
final class LoneReplica: Replica {
  struct State {
    var machine = StoreMachine()
    var status = ReplicaStatus(
      role: .leader, leader: "a", term: 1, committed: 0, applied: 0, takesWrites: true)
    /// What the next submissions end with although they were applied; then all is well again.
    var endings: [Submission] = []
    var submitted: [StampedCommand] = []
    /// Done before the step of that number, counted from 0 over submissions and questions.
    var before: [Int: @Sendable (LoneReplica) -> Void] = [:]
    var steps = 0
  }

  let state = Mutex(State())

  func submit(_ command: [UInt8], until deadline: Deadline) -> Submission {
    step()
    return state.withLock { state in
      guard state.status.role == .leader else { return .refused("not the leader") }
      let answer = state.machine.apply(command)
      if let stamped = StampedCommand(coded: command) { state.submitted.append(stamped) }
      state.status.applied += 1
      return state.endings.isEmpty ? .done(answer) : state.endings.removeFirst()
    }
  }

  func ask(_ query: [UInt8], _ freshness: Freshness, until deadline: Deadline) -> Submission {
    step()
    return state.withLock { state in
      if case .linearizable = freshness, state.status.role != .leader {
        return .refused("not the leader")
      }
      return .done(state.machine.answer(query))
    }
  }

  private func step() {
    let action = state.withLock { state in
      defer { state.steps += 1 }
      return state.before.removeValue(forKey: state.steps)
    }
    action?(self)
  }

  var status: ReplicaStatus { state.withLock { $0.status } }
  func stop() {}

  /// Another leader takes over, and this replica leads again in the term after that.
  func loseAndRegainLeadership(_ meanwhile: (LoneReplica) -> Void = { _ in }) {
    meanwhile(self)
    state.withLock { $0.status.term += 2 }
  }
}

extension Membership {
  /// Three replicas in three sites, of which this is `a`.
  static func three(_ defects: Set<Defect> = [], name: String = "a") -> Membership {
    let members = ["a", "b", "c"].map {
      Member(name: $0, site: "site-\($0)", host: "127.0.0.1", port: 1)
    }
    return Membership(
      name: name, members: members, folder: "", secret: Array(repeating: 7, count: 16),
      defects: defects)
  }
}
