internal import Basics
public import Bindings
internal import Linux
internal import Workloads

extension SQLBindings: Hosting {
  public func host(in ground: ClientGround) -> any ClientHost {
    PlainHost { SQLClient(self, $0, timeout: $1) }
  }
}

/// Statements for each operation, on one connection.
private final class SQLClient: Client {
  private let bindings: SQLBindings
  private let url: String
  private let timeout: Duration
  private var kept: SQLConnection?

  init(_ bindings: SQLBindings, _ url: String, timeout: Duration) {
    self.bindings = bindings
    self.url = url
    self.timeout = timeout
  }

  private var deadline: Int64 { MonotonicClock.nanoseconds + timeout.nanoseconds }

  func prepare() throws(ClientError) {
    guard !bindings.setup.isEmpty else { return }
    let deadline = deadline
    do throws(SQLFailure) {
      let connection = try connect(until: deadline)
      for text in bindings.setup { _ = try connection.run(SQLStatement(text), until: deadline) }
    } catch { throw .indefinite(error.message) }
  }

  func invoke(_ invocation: Invocation) -> Completion {
    let deadline = deadline
    let connection: SQLConnection
    do throws(SQLFailure) { connection = try usable(until: deadline) } catch {
      return bindings.completion(
        .broken(error.message, .connecting), of: invocation, by: nil)
    }
    let outcome = connection.carryOut(bindings.request(invocation), until: deadline)
    if bindings.keeps(after: outcome), connection.isIdle { kept = connection }
    return bindings.completion(outcome, of: invocation, by: connection.server)
  }

  /// The connection that is kept, as long as it stands; else a new one. Nothing was sent on one that
  /// is replaced.
  private func usable(until deadline: Int64) throws(SQLFailure) -> SQLConnection {
    let last = kept
    kept = nil
    if let last, last.standsBeforeUse() { return last }
    return try connect(until: deadline)
  }

  private func connect(until deadline: Int64) throws(SQLFailure) -> SQLConnection {
    let servers: SQLServers
    do throws(SQLServers.Refusal) { servers = try SQLServers(url) } catch {
      throw .broken(error.message)
    }
    let limit = bindings.connectTimeout ?? servers.connectTimeout
    var refusals: [String] = []
    for (index, parameters) in servers.attempts.enumerated() {
      let now = MonotonicClock.nanoseconds
      guard now < deadline else { break }
      let share = (deadline - now) / Int64(servers.attempts.count - index)
      do throws(SQLFailure) {
        let end = now + min(deadline - now, limit?.nanoseconds ?? share)
        let connection = try SQLConnection(
          parameters, longestAnswer: bindings.longestAnswer, until: end)
        try name(connection, until: deadline)
        return connection
      } catch { refusals.append(error.message) }
    }
    throw .broken(refusals.isEmpty ? "no time to connect" : refusals.joined(separator: "; "))
  }

  /// Asks the server who it is; one that has no answer goes by the address that was connected to.
  private func name(_ connection: SQLConnection, until deadline: Int64) throws(SQLFailure) {
    var name: String?
    do throws(SQLFailure) {
      let answer = try connection.run(SQLStatement(bindings.serverQuery), until: deadline)
      name = answer.rows.rows.first?.first ?? nil
    } catch {
      guard case .refused = error else { throw error }
    }
    connection.server = NodeNames.name(of: name ?? connection.address)
  }
}

extension SQLConnection {
  /// Does what is requested, in one transaction where it says so.
  fileprivate func carryOut(_ request: SQLRequest, until deadline: Int64) -> SQLOutcome {
    var phase: SQLPhase = request.isTransaction ? .uncommitted : .committing
    do throws(SQLFailure) {
      if request.isTransaction { _ = try run(SQLStatement(request.beginning), until: deadline) }
      var results: [SQLRows] = []
      for (index, statement) in request.statements.enumerated() {
        let rows = try run(statement, until: deadline).rows
        if let expected = statement.rows, rows.affected != expected {
          undo(until: deadline)
          return .otherRows(statement: index, affected: rows.affected, expected: expected)
        }
        results.append(rows)
      }
      guard request.isTransaction else { return .done(results) }
      guard MonotonicClock.nanoseconds < deadline else {
        return .broken("no time to commit", .uncommitted)
      }
      phase = .committing
      let tag = try run(SQLStatement("COMMIT"), until: deadline).tag
      return tag == "COMMIT"
        ? .done(results)
        : .refused(state: "25P02", message: "COMMIT was answered with \(tag)", .uncommitted)
    } catch {
      switch error {
      case .broken(let message): return .broken(message, phase)
      case .refused(let state, let message):
        if phase == .uncommitted { undo(until: deadline) }
        return .refused(state: state, message: message, phase)
      }
    }
  }

  /// Leaves a transaction. Where that fails the connection is not idle, and closing it does the same.
  private func undo(until deadline: Int64) {
    do throws(SQLFailure) { _ = try run(SQLStatement("ROLLBACK"), until: deadline) } catch {}
  }
}
