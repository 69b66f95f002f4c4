import ServiceGround
import Synchronization

/// A few sessions with the server that may be written to, shared by the request threads.
///
/// A session that fails is dropped with all idle ones: they lead to the same server, and the
/// next request looks for the read-write server anew.
final class Pool: Sendable {
  private struct State {
    var idle: [Connection] = []
    /// Counts up at every drop, so that a session borrowed before it is not taken back.
    var generation = 0
  }

  let connector: Connector
  private let state = Mutex(State())
  private let places: Semaphore

  init(_ connector: Connector, limit: Int) {
    self.connector = connector
    places = Semaphore(limit)
  }

  /// Lends a session to `body`. It is called a second time only when the first server turned
  /// out to be read-only, which is certain to have done nothing.
  func use<T>(
    until deadline: Deadline, _ body: (Connection) throws(DatabaseError) -> T
  ) throws(DatabaseError) -> T {
    guard places.wait(until: deadline) else { throw .notSent("all connections are busy") }
    defer { places.signal() }
    do {
      return try lend(deadline, body)
    } catch  where error.isReadOnly {
      return try lend(deadline, body)
    }
  }

  private func lend<T>(
    _ deadline: Deadline, _ body: (Connection) throws(DatabaseError) -> T
  ) throws(DatabaseError) -> T {
    let (kept, generation) = take()
    let connection =
      if let kept { kept } else { try connector.connect(.readWrite, until: deadline) }
    do {
      let result = try body(connection)
      give(connection, generation)
      return result
    } catch {
      if case .refused = error, !error.isReadOnly {
        give(connection, generation)
      } else {
        forget()
      }
      throw error
    }
  }

  private func take() -> (Connection?, Int) {
    state.withLock { state in
      while let connection = state.idle.popLast() {
        if connection.isQuiet { return (connection, state.generation) }
      }
      return (nil, state.generation)
    }
  }

  private func give(_ connection: Connection, _ generation: Int) {
    state.withLock { state in
      if generation == state.generation { state.idle.append(connection) }
    }
  }

  /// Drops every idle session.
  func forget() {
    let dropped = state.withLock { state in
      state.generation += 1
      defer { state.idle = [] }
      return state.idle
    }
    _ = consume dropped
  }
}
