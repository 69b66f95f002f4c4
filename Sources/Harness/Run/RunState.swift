import Basics
import Histories
import Synchronization

/// What the run is doing right now, for the progress line and for whoever asks over the control
/// socket: a fold over the facts of the run.
final class RunState: Sendable {
  private let state = Mutex(Snapshot())

  struct Snapshot: Sendable {
    var phase = Fact.Phase.up
    /// Everything is being healed, before the run settles.
    var isHealing = false
    /// The nodes that hold each floating address, by the address's name.
    var owners: [String: Set<NodeID>] = [:]
    /// What each instance last said of its role.
    var roles: [InstanceID: String] = [:]
    /// What each had said when the method began.
    var firstRoles: [InstanceID: String] = [:]
    /// What each probe of an instance last read; none while it is silent.
    var readings: [InstanceID: [String: Double]] = [:]
    /// One line for each fault that is active, and each operator's step under way, by its id.
    var faults: [Int: String] = [:]
    /// The newest of each fault and operator's step, by its id.
    var changes: [Int: FaultChange] = [:]
    /// The step of the method that waits until it is let begin.
    var heldStep: String?
    /// How often the harness itself was held up, and the longest time.
    var stalls = (count: 0, longest: Fact.Stall?.none)
    /// What a reader of the report should know.
    var notes: [String] = []
  }

  var snapshot: Snapshot { state.withLock { $0 } }

  /// Takes the next fact into account.
  func take(_ seen: Observation) { state.withLock { $0.take(seen.fact) } }

  func update(_ change: (inout Snapshot) -> Void) { state.withLock { change(&$0) } }

  func note(_ sentence: String) { update { $0.notes.append(sentence) } }
}

extension RunState.Snapshot {
  mutating func take(_ fact: Fact) {
    switch fact {
    case .phase(let phase):
      self.phase = phase
      isHealing = false
      if phase == .method { firstRoles = roles }
    case .address(let name, let node, true): owners[name, default: []].insert(node)
    case .address(let name, let node, false): owners[name]?.remove(node)
    case .role(let instance, let reading): roles[instance] = reading.answer
    case .fault(let change): take(change)
    case .probe(let name, let id, let reading): readings[id, default: [:]][name] = reading.answer
    case .abortion(let why): notes.append("the method ended before its time: \(why)")
    case .note(_, let sentence), .shortfall(let sentence): notes.append(sentence)
    case .stall(let stall):
      let longest = stalls.longest.map { $0.length >= stall.length ? $0 : stall }
      stalls = (stalls.count + 1, longest ?? stall)
    case .claim, .alerts, .process, .power, .counter, .workload, .leadership, .prediction,
      .overheard, .line, .inClear, .reach, .reached, .logged, .heldUp:
      break
    }
  }

  private mutating func take(_ change: FaultChange) {
    changes[change.mark.id] = change
    switch change.phase {
    case .injecting: faults[change.mark.id] = change.mark.summary
    case .healConfirmed: faults[change.mark.id] = nil
    // An operator's step is under way until it is seen to have worked, or has failed.
    case .confirmed where change.mark.isAction, .failed where change.mark.isAction:
      faults[change.mark.id] = nil
    // What was refused has no target, and never began.
    case .failed where change.mark.targets.isEmpty: faults[change.mark.id] = nil
    default: break
    }
  }
}
