import Synchronization

/// `stale-cache-after-failover`: what a replica knows of registers, and never forgets. While it leads every write
/// passes it by, so the cache is right; once it leads again after another it is not.
final class RegisterCache: Sendable {
  private let values = Mutex<[String: Datum]>([:])

  /// Nil for what is not a register.
  func read(_ query: StoreQuery, _ call: Call, _ store: Store) -> Outcome? {
    guard case .read(let key) = query, !call.isLocal else { return nil }
    guard store.status.role == .leader else {
      warm(key, call, store)
      return nil
    }
    if let value = values.withLock({ $0[key] }) { return .done(value) }
    let outcome = store.ask(query, call)
    if case .done(let value) = outcome { values.withLock { $0[key] = value } }
    return outcome
  }

  /// A replica that does not lead keeps what it is asked for, so as to be quick when it does.
  private func warm(_ key: String, _ call: Call, _ store: Store) {
    var call = call
    call.isLocal = true
    guard case .done(let value) = store.ask(.read(key: key), call) else { return }
    values.withLock { $0[key] = value }
  }

  func keep(_ command: StoreCommand, _ outcome: Outcome) {
    guard case .done = outcome else { return }
    switch command {
    case .write(let key, let value), .compareAndSet(let key, _, let value):
      values.withLock { $0[key] = value }
    default: break
    }
  }
}
