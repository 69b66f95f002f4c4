import ServiceGround
import Synchronization

/// What `GET /health` answers, kept up to date by a thread of its own, so that the answer comes
/// at once however busy or broken the database is.
final class Health: Sendable {
  enum Status: Sendable, Equatable {
    case up(database: String)
    case down(reason: String)
  }

  static let period = Duration.milliseconds(150)
  static let patience = Duration.milliseconds(400)

  private let current = Mutex(Status.down(reason: "starting"))

  var status: Status { current.withLock { $0 } }

  /// Watches for ever.
  func watch(_ pool: Pool) -> Never {
    var connection: Connection?
    while true {
      refresh(pool, &connection, until: .after(Self.patience))
      Clock.pause(microseconds: Int(Self.period.components.attoseconds / 1_000_000_000_000))
    }
  }

  /// Asks once. The probe makes the tables where they are missing, and asks each time whether
  /// the server may still be written to. A change drops the pool's idle sessions: they lead to
  /// where the service was before.
  func refresh(_ pool: Pool, _ connection: inout Connection?, until deadline: Deadline) {
    let now = Self.probe(pool, &connection, until: deadline)
    let before = current.withLock { current in
      defer { current = now }
      return current
    }
    guard before != now else { return }
    Log.write("health: \(now.text)")
    pool.forget()
  }

  private static func probe(
    _ pool: Pool, _ kept: inout Connection?, until deadline: Deadline
  ) -> Status {
    do throws(DatabaseError) {
      let connection =
        if let last = kept.take() { last } else {
          try pool.connector.connect(.readWrite, until: deadline)
        }
      guard try connection.run("SELECT pg_is_in_recovery()", [], until: deadline).first == "f"
      else { return .down(reason: "\(connection.host) is a standby") }
      try Orders.prepare(connection, until: deadline)
      kept = connection
      return .up(database: connection.host)
    } catch {
      return .down(reason: error.reason)
    }
  }
}

extension Health.Status {
  var text: String {
    switch self {
    case .up(let database): "UP, writing to \(database)"
    case .down(let reason): "DOWN, \(reason)"
    }
  }
}

extension DatabaseError {
  var reason: String {
    switch self {
    case .notSent(let reason), .refused(_, let reason), .unknown(let reason): reason
    }
  }
}
