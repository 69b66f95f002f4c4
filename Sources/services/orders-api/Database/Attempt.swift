import CPQ
import Glibc
import ServiceGround

/// One of several connections that are being made at the same time.
struct Attempt {
  enum Step { case reading, writing, won, lost }

  let server: Connector.Server
  private let session: OpaquePointer?
  private(set) var step: Step

  init(_ server: Connector.Server, session: OpaquePointer?) {
    self.server = server
    self.session = session
    step = PQstatus(session) == CONNECTION_BAD ? .lost : .writing
  }

  /// Why it was lost, in libpq's words.
  var reason: String {
    session == nil ? "out of memory" : String(cString: PQerrorMessage(session)).singleLine
  }

  /// Hands the established session over.
  func connection() -> Connection { Connection(session: session!, host: server.host) }

  func abandon() { PQfinish(session) }

  /// Waits until one of the attempts can go on, and moves each that can by one step.
  static func advance(_ race: inout [Attempt], until deadline: Deadline) {
    let open = race.indices.filter { race[$0].step == .reading || race[$0].step == .writing }
    var entries = open.map {
      pollfd(
        fd: PQsocket(race[$0].session),
        events: Int16(race[$0].step == .reading ? POLLIN : POLLOUT), revents: 0)
    }
    guard poll(&entries, nfds_t(entries.count), deadline.millisecondsLeft) > 0 else { return }
    for (entry, index) in zip(entries, open) where entry.revents != 0 { race[index].advance() }
  }

  private mutating func advance() {
    step =
      switch PQconnectPoll(session) {
      case PGRES_POLLING_OK: .won
      case PGRES_POLLING_READING: .reading
      case PGRES_POLLING_WRITING: .writing
      default: .lost
      }
  }
}
