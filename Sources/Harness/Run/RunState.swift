import Basics
import Synchronization

/// What the run is doing right now, for the progress line and for whoever asks over the control
/// socket.
final class RunState: Sendable {
  private let state: Mutex<Snapshot>

  struct Snapshot: Sendable {
    var phase = "up"
    /// The nodes that hold each floating address, by the address's name.
    var owners: [String: Set<String>] = [:]
    /// One line for each fault that is active, by its id.
    var faults: [Int: String] = [:]
    /// What a reader of the report should know.
    var notes: [String] = []
  }

  init() { state = Mutex(Snapshot()) }

  var snapshot: Snapshot { state.withLock { $0 } }

  func update(_ change: (inout Snapshot) -> Void) { state.withLock { change(&$0) } }

  func note(_ sentence: String) { update { $0.notes.append(sentence) } }
}
