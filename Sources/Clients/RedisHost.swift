internal import Basics
public import Bindings
internal import Linux
internal import Workloads

extension RedisBindings: Hosting {
  public func host(in ground: ClientGround) -> any ClientHost {
    PlainHost { RedisClient(self, $0, timeout: $1) }
  }
}

/// A command for each operation, on one connection.
private final class RedisClient: Client {
  private let bindings: RedisBindings
  private let url: String
  private let timeout: Duration
  private var kept: Link?

  /// A connection to the server that is to do the work.
  private struct Link {
    let connection: RedisConnection
    let server: String?
  }

  init(_ bindings: RedisBindings, _ url: String, timeout: Duration) {
    self.bindings = bindings
    self.url = url
    self.timeout = timeout
  }

  private var deadline: Int64 { MonotonicClock.nanoseconds + timeout.nanoseconds }

  func prepare() throws(ClientError) {
    guard !bindings.setup.isEmpty else { return }
    let deadline = deadline
    do throws(RedisFailure) {
      let link = try connect(until: deadline)
      for words in bindings.setup {
        if case .error(let error) = try link.connection.run(words, until: deadline) {
          throw RedisFailure(message: error, isSent: true)
        }
      }
    } catch { throw .indefinite(error.message) }
  }

  func invoke(_ invocation: Invocation) -> Completion {
    let deadline = deadline
    let link: Link
    do throws(RedisFailure) { link = try usable(until: deadline) } catch {
      return invocation.completion(.definite(error.message))
    }
    do throws(RedisFailure) {
      let reply = try link.connection.run(bindings.command(invocation), until: deadline)
      if bindings.keeps(after: reply) { kept = link }
      return bindings.completion(reply, of: invocation, by: link.server)
    } catch {
      return invocation.completion(
        error.isSent ? .indefinite(error.message) : .definite(error.message), by: link.server)
    }
  }

  /// The connection that is kept, as long as it stands; else a new one. Nothing was sent on one that
  /// is replaced.
  private func usable(until deadline: Int64) throws(RedisFailure) -> Link {
    let last = kept
    kept = nil
    if let last, last.connection.standsBeforeUse { return last }
    return try connect(until: deadline)
  }

  private func connect(until deadline: Int64) throws(RedisFailure) -> Link {
    let url: RedisURL
    do throws(BindingError) { url = try RedisURL(self.url) } catch {
      throw RedisFailure(message: error.message, isSent: false)
    }
    let place = try url.primary.map { name throws(RedisFailure) in
      try primary(name, of: url.places, until: deadline)
    }
    let connection = try open(place ?? url.places[0], until: deadline)
    if let password = url.password {
      try demand(["AUTH"] + (url.user.map { [$0] } ?? []) + [password], on: connection, deadline)
    }
    if url.database > 0 { try demand(["SELECT", "\(url.database)"], on: connection, deadline) }
    // What the Sentinels say may be old: a primary is who says so itself.
    if url.primary != nil {
      guard case .list(let words) = try connection.run(["ROLE"], until: deadline),
        words.first == .text("master")
      else {
        let message = "the server that the Sentinels name is not the primary (yet, or any more)"
        throw RedisFailure(message: message, isSent: false)
      }
    }
    return Link(connection: connection, server: connection.address.map { NodeNames.name(of: $0) })
  }

  private func open(
    _ place: RedisURL.Place, until deadline: Int64
  ) throws(RedisFailure) -> RedisConnection {
    try RedisConnection(place, longestAnswer: bindings.longestAnswer, until: deadline)
  }

  /// What the first Sentinel that answers says; each has an equal share of the time that is left, and
  /// the primary one, too.
  private func primary(
    _ name: String, of places: [RedisURL.Place], until deadline: Int64
  ) throws(RedisFailure) -> RedisURL.Place {
    var refusals: [String] = []
    for (index, place) in places.enumerated() {
      let now = MonotonicClock.nanoseconds
      guard now < deadline else { break }
      let end = now + (deadline - now) / Int64(places.count - index + 1)
      do throws(RedisFailure) {
        let sentinel = try open(place, until: end)
        let reply = try sentinel.run(["SENTINEL", "get-master-addr-by-name", name], until: end)
        if case .list(let words) = reply, words.count == 2, case .text(let host) = words[0],
          case .text(let port) = words[1], let port = Int(port),
          let primary = RedisURL.Place(host: host, port: port)
        {
          return primary
        }
        refusals.append("\(place.host) knows no primary '\(name)'")
      } catch { refusals.append(error.message) }
    }
    throw RedisFailure(
      message: refusals.isEmpty ? "no time to ask" : refusals.joined(separator: "; "), isSent: false
    )
  }

  /// A command that must succeed before the connection is of any use.
  private func demand(
    _ words: [String], on connection: RedisConnection, _ deadline: Int64
  ) throws(RedisFailure) {
    if case .error(let error) = try connection.run(words, until: deadline) {
      throw RedisFailure(message: error, isSent: false)
    }
  }
}
