import Synchronization

/// `lock-given-twice-after-pause`: a leader knows of the locks that it has granted itself, and takes all others for
/// free. One that paused, and the one that took its place meanwhile, know nothing of each other's.
final class GrantedLocks: Sendable {
  private struct Known {
    var term: UInt64 = 0
    var locks: Set<String> = []
  }

  private let known = Mutex(Known())

  /// Whether the command asks for a lock that this leader has not granted in its term.
  func isUnknown(_ command: StoreCommand, _ status: ReplicaStatus) -> Bool {
    guard case .acquire(let lock, _, _) = command else { return false }
    return known.withLock { $0.term != status.term || !$0.locks.contains(lock) }
  }

  func keep(_ command: StoreCommand, _ outcome: Outcome, _ status: ReplicaStatus) {
    guard case .acquire(let lock, _, _) = command, case .done = outcome else { return }
    known.withLock { known in
      if known.term != status.term { known = Known(term: status.term) }
      known.locks.insert(lock)
    }
  }
}
