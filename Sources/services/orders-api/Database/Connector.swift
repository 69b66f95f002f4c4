import CPQ
import Glibc
import ServiceGround

/// Finds the server that may be written to among several.
///
/// All hosts of the connection string are tried at once, and the first that answers as wanted
/// is used; libpq alone tries them one after another, so that one black-holed host would cost
/// two seconds, its shortest `connect_timeout`.
struct Connector: Sendable {
  struct Server: Sendable, Equatable {
    let host: String
    let port: String
  }

  /// What a server must be (libpq's `target_session_attrs`).
  enum Session: String, Sendable {
    case readWrite = "read-write"
    case any
  }

  let servers: [Server]
  private let options: [(key: String, value: String)]

  /// Reads a libpq connection string, or throws libpq's complaint about it.
  init(_ text: String) throws(ConfigurationError) {
    var complaint: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(text, &complaint) else {
      defer { PQfreemem(complaint) }
      throw .init(complaint.map { String(cString: $0).singleLine } ?? "bad connection string")
    }
    defer { PQconninfoFree(parsed) }
    var options: [(key: String, value: String)] = []
    var entry = parsed
    while let keyword = entry.pointee.keyword {
      if let value = entry.pointee.val {
        options.append((String(cString: keyword), String(cString: value)))
      }
      entry += 1
    }
    func list(_ key: String) -> [String] {
      options.first { $0.key == key }?.value.split(separator: ",").map(String.init) ?? []
    }
    let ports = list("port")
    servers = list("host").enumerated().map { index, host in
      Server(host: host, port: ports.count > 1 ? ports[index % ports.count] : ports.first ?? "5432")
    }
    self.options = options.filter { !["host", "port", "target_session_attrs"].contains($0.key) }
    guard !servers.isEmpty else { throw .init("the connection string names no host") }
  }

  /// A session with the first server that answers; `.notSent` with every server's reason when
  /// none does in time.
  func connect(
    _ session: Session, to host: String? = nil, until deadline: Deadline
  ) throws(DatabaseError) -> Connection {
    let candidates = servers.filter { host == nil || $0.host == host }
    guard !candidates.isEmpty else { throw .notSent("no server is called \(host ?? "")") }
    var race = candidates.map { Attempt($0, session: start($0, session)) }
    defer { for attempt in race { attempt.abandon() } }
    while let index = race.firstIndex(where: { $0.step != .lost }) {
      if let winner = race.firstIndex(where: { $0.step == .won }) {
        return race.remove(at: winner).connection()
      }
      guard !deadline.hasPassed else {
        throw .notSent("\(race[index].server.host) did not answer in time")
      }
      Attempt.advance(&race, until: deadline)
    }
    throw .notSent(race.map { "\($0.server.host): \($0.reason)" }.joined(separator: "; "))
  }

  private func start(_ server: Server, _ session: Session) -> OpaquePointer? {
    let all =
      options + [
        ("host", server.host), ("port", server.port), ("target_session_attrs", session.rawValue),
      ]
    return CStrings.with(all.map(\.key)) { keys in
      CStrings.with(all.map(\.value)) { values in PQconnectStartParams(keys, values, 0) }
    }
  }
}
