import CPQ
import Glibc
import ServiceGround

/// One session with one server. It is used by one thread at a time (the pool sees to that), and
/// never waits past the deadline it is given.
final class Connection: @unchecked Sendable {
  let host: String
  private let session: OpaquePointer
  private var wasWarned = false

  /// Takes over an established libpq session.
  init(session: OpaquePointer, host: String) {
    self.session = session
    self.host = host
    PQsetnonblocking(session, 1)
    let me = Unmanaged.passUnretained(self).toOpaque()
    PQsetNoticeReceiver(
      session,
      { me, result in
        guard let me, Connection.field(result, .severity) == "WARNING" else {
          return
        }
        Unmanaged<Connection>.fromOpaque(me).takeUnretainedValue().wasWarned = true
      }, me)
  }

  deinit { PQfinish(session) }

  /// False when the server has closed the session or said something unasked.
  var isQuiet: Bool {
    PQstatus(session) == CONNECTION_OK && Self.wait(PQsocket(session), Int16(POLLIN), 0) == 0
  }

  /// Runs one statement. `confirmed` asks that a warning counts as an unknown outcome: a commit
  /// whose wait for the synchronous standby was cancelled succeeds with nothing but a warning.
  func run(
    _ statement: String, _ parameters: [String], confirmed: Bool = false, until deadline: Deadline
  ) throws(DatabaseError) -> Rows {
    guard !deadline.hasPassed else { throw .notSent("no time was left") }
    wasWarned = false
    guard send(statement, parameters) else { throw .unknown("sending failed: \(message)") }
    try flush(deadline)
    let rows = try collect(deadline)
    if confirmed, wasWarned { throw .unknown("the server committed with a warning") }
    return rows
  }

  /// Runs several statements without parameters as one transaction.
  func script(_ statements: String, until deadline: Deadline) throws(DatabaseError) {
    guard PQsendQuery(session, statements) == 1 else {
      throw .unknown("sending failed: \(message)")
    }
    try flush(deadline)
    _ = try collect(deadline)
  }

  private func send(_ statement: String, _ parameters: [String]) -> Bool {
    CStrings.with(parameters) { values in
      PQsendQueryParams(
        session, statement, Int32(parameters.count), nil, values, nil, nil, 0) == 1
    }
  }

  private func flush(_ deadline: Deadline) throws(DatabaseError) {
    while true {
      switch PQflush(session) {
      case 0: return
      case 1: try ready(Int16(POLLIN | POLLOUT), deadline)
      default: throw .unknown("the connection broke while sending: \(message)")
      }
      guard PQconsumeInput(session) == 1 else { throw .unknown(message) }
    }
  }

  private func collect(_ deadline: Deadline) throws(DatabaseError) -> Rows {
    var rows = Rows()
    var failure: DatabaseError?
    while true {
      while PQisBusy(session) == 1 {
        try ready(Int16(POLLIN), deadline)
        guard PQconsumeInput(session) == 1 else { throw failure ?? .unknown(message) }
      }
      guard let result = PQgetResult(session) else { break }
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_COMMAND_OK: break
      case PGRES_TUPLES_OK: rows = Self.rows(result)
      default: failure = failure ?? Self.failure(result)
      }
    }
    if let failure { throw failure }
    return rows
  }

  /// An answer to the statement itself is definite; a session that the server ends while the
  /// statement runs, or that libpq lost, is not.
  private static func failure(_ result: OpaquePointer) -> DatabaseError {
    let text = String(cString: PQresultErrorMessage(result)).singleLine
    guard let state = field(result, .sqlstate),
      field(result, .severity) == "ERROR", !state.hasPrefix("08")
    else { return .unknown(text) }
    return .refused(state: state, text)
  }

  private static func rows(_ result: OpaquePointer) -> Rows {
    Rows(
      values: (0..<PQntuples(result)).map { row in
        (0..<PQnfields(result)).map { column in
          PQgetisnull(result, row, column) == 1
            ? nil : String(cString: PQgetvalue(result, row, column))
        }
      })
  }

  private func ready(_ events: Int16, _ deadline: Deadline) throws(DatabaseError) {
    guard Self.wait(PQsocket(session), events, deadline.millisecondsLeft) != 0 else {
      throw .unknown("no answer from \(host) in time")
    }
  }

  /// The ready events, 0 after the time.
  private static func wait(_ socket: Int32, _ events: Int16, _ milliseconds: Int32) -> Int16 {
    var entry = pollfd(fd: socket, events: events, revents: 0)
    return poll(&entry, 1, milliseconds) > 0 ? entry.revents : 0
  }

  /// libpq's PG_DIAG_SEVERITY_NONLOCALIZED and PG_DIAG_SQLSTATE, which are macros of characters.
  private enum Field: Unicode.Scalar { case severity = "V", sqlstate = "C" }

  private static func field(_ result: OpaquePointer?, _ field: Field) -> String? {
    PQresultErrorField(result, Int32(field.rawValue.value)).map { String(cString: $0) }
  }

  private var message: String { String(cString: PQerrorMessage(session)).singleLine }
}

extension String {
  /// libpq's messages end with a newline and may hold several lines.
  var singleLine: String {
    split(whereSeparator: \.isNewline).map { String($0).trimmingSpaces }.joined(separator: "; ")
  }

  var trimmingSpaces: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
