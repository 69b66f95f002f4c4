internal import Basics
internal import Bindings
import CPQ
internal import Linux

/// Why there are no rows.
enum SQLFailure: Error {
  /// The server reported an error.
  case refused(state: String, message: String)
  /// The connection could not be made or broke, or the time ran out.
  case broken(String)

  var message: String {
    switch self {
    case .refused(let state, let message): "\(state): \(message)"
    case .broken(let message): message
    }
  }
}

/// One connection through libpq, which is never let block: every wait ends at a moment of
/// `MonotonicClock`. It is closed with its owner, and the server then undoes what was not committed.
@safe final class SQLConnection {
  let connection: OpaquePointer
  /// Who serves it, as far as it is known.
  var server: String?
  private let longestAnswer: Int
  /// Of the operation under way.
  private var receivedBytes = 0

  /// Connects to one server.
  init(
    _ parameters: SQLServers.Parameters, longestAnswer: Int, until deadline: Int64
  ) throws(SQLFailure) {
    let keywords = CTexts(parameters.map(\.keyword))
    let values = CTexts(parameters.map(\.value))
    guard let connection = unsafe PQconnectStartParams(keywords.pointer, values.pointer, 0) else {
      throw .broken("libpq has no memory")
    }
    unsafe self.connection = connection
    self.longestAnswer = longestAnswer
    unsafe cpq_silence(connection)
    try connect(until: deadline)
    _ = unsafe PQsetnonblocking(connection, 1)
  }

  deinit { unsafe PQfinish(connection) }

  private func connect(until deadline: Int64) throws(SQLFailure) {
    guard unsafe PQstatus(connection) != CONNECTION_BAD else { throw .broken(message) }
    var state = PGRES_POLLING_WRITING
    while state != PGRES_POLLING_OK {
      guard state != PGRES_POLLING_FAILED else { throw .broken(message) }
      try wait(
        state == PGRES_POLLING_READING ? .readable : .writable, until: deadline,
        "no connection in time")
      unsafe state = PQconnectPoll(connection)
    }
  }

  /// The server's address as the connection has it; empty for none.
  var address: String { unsafe PQhostaddr(connection).map { unsafe String(cString: $0) } ?? "" }

  /// Whether it stands and no transaction is open in it.
  var isIdle: Bool {
    unsafe PQstatus(connection) == CONNECTION_OK && PQtransactionStatus(connection) == PQTRANS_IDLE
  }

  /// Whether it still stands, as far as can be seen without sending anything; called before each
  /// operation, of which answers are counted from here.
  func standsBeforeUse() -> Bool {
    receivedBytes = 0
    // A farewell may come before the end of the connection.
    for _ in 0..<4 {
      guard isIdle else { return false }
      do throws(Errno) {
        guard try Poll.wait([unsafe PQsocket(connection)], until: 0)[0] else { return true }
      } catch { return false }
      guard unsafe PQconsumeInput(connection) == 1 else { return false }
      _ = unsafe PQisBusy(connection)
    }
    return false
  }

  /// Sends one statement and waits for the whole answer.
  func run(_ statement: SQLStatement, until deadline: Int64) throws(SQLFailure) -> SQLResult {
    let values = CTexts(statement.parameters)
    let isSent = unsafe PQsendQueryParams(
      connection, statement.text, Int32(statement.parameters.count), nil, values.pointer, nil, nil,
      0)
    guard isSent == 1 else { throw .broken(message) }
    try flush(until: deadline)
    // What commits itself has done so only when the server is ready for the next: an error that comes
    // behind rows undoes them.
    var result = SQLResult()
    var refusal: SQLFailure?
    while true {
      try waitForResult(until: deadline)
      guard let next = unsafe PQgetResult(connection) else { break }
      defer { unsafe PQclear(next) }
      let status = unsafe PQresultStatus(next)
      switch status {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: unsafe result = SQLResult(next)
      case PGRES_FATAL_ERROR:
        guard let state = unsafe SQLResult.field(next, 67) else {
          if let refusal { throw refusal }
          throw .broken(unsafe String(cString: PQresultErrorMessage(next)).oneLine)
        }
        if refusal == nil {
          refusal = .refused(state: state, message: unsafe SQLResult.field(next, 77) ?? "no reason")
        }
      default: throw .broken("the statement asks for what this client does not speak (COPY)")
      }
    }
    if let refusal { throw refusal }
    guard unsafe PQstatus(connection) == CONNECTION_OK else { throw .broken(message) }
    return result
  }

  private func flush(until deadline: Int64) throws(SQLFailure) {
    while true {
      let left = unsafe PQflush(connection)
      guard left >= 0 else { throw .broken(message) }
      if left == 0 { return }
      try wait(.either, until: deadline, "no time to send it all")
      try consume(ifAny: true)
    }
  }

  private func waitForResult(until deadline: Int64) throws(SQLFailure) {
    while unsafe PQisBusy(connection) == 1 {
      try wait(.readable, until: deadline, "no answer in time")
      try consume()
    }
  }

  private func consume(ifAny: Bool = false) throws(SQLFailure) {
    let count = Poll.waitingBytes(unsafe PQsocket(connection))
    if ifAny, count == 0 { return }
    receivedBytes += count
    guard receivedBytes <= longestAnswer else {
      throw .broken("the answer is longer than \(longestAnswer) bytes, which is all that is taken")
    }
    // What came before the break is still to be read, an error with its reason may be in it.
    guard unsafe PQconsumeInput(connection) == 1 || PQisBusy(connection) == 0 else {
      throw .broken(message)
    }
  }

  private func wait(
    _ interest: Poll.Interest, until deadline: Int64, _ complaint: String
  ) throws(SQLFailure) {
    do throws(Errno) {
      let ready = try Poll.wait([unsafe PQsocket(connection)], for: interest, until: deadline)
      if ready[0] { return }
    } catch { throw .broken("\(error)") }
    throw .broken(complaint)
  }

  private var message: String { unsafe String(cString: PQerrorMessage(connection)).oneLine }
}
