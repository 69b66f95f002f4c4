import Basics
import FoundationEssentials
import ServiceGround
import Synchronization

/// A key-value store in memory that is asked as etcd's JSON gateway is: ranges, transactions, leases.
final class SmallStore: Sendable {
  struct Entry: Sendable {
    var value: String
    var revision: Int64
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var revision: Int64 = 1
    var calls = 0
    var isWithoutMajority = false
    /// The next transaction with writes is carried out, and answered with an error.
    var losesAnswer = false
  }

  private let state = Mutex(State())
  private let server: Mutex<HTTPServer?> = Mutex(nil)

  var calls: Int { state.withLock { $0.calls } }
  var keys: [String] { state.withLock { $0.entries.keys.sorted() } }
  func value(_ key: String) -> String? { state.withLock { $0.entries[key]?.value } }
  func loseMajority() { state.withLock { $0.isWithoutMajority = true } }
  func loseNextAnswer() { state.withLock { $0.losesAnswer = true } }

  /// Serves on a port of its own on loopback.
  func start() throws -> ServiceCall.Place {
    let server = HTTPServer(
      node: "store", limits: .init(bodyBytes: 4 << 20), queryNames: []
    ) { [self] in answer($0) }
    self.server.withLock { $0 = server }
    return try Loopback.start(server)
  }

  func stop() { server.withLock { $0.take() }?.stop() }

  private func answer(_ request: ServerRequest) -> ServerResponse {
    let body = (try? JSON(reading: String(decoding: request.body, as: UTF8.self))) ?? .null
    return state.withLock { state in
      state.calls += 1
      guard !state.isWithoutMajority else {
        return ServerResponse(status: 503, body: #"{"error":"etcdserver: no leader","code":14}"#)
      }
      switch request.path {
      case "/v3/kv/range": return .json(Self.range(body, state))
      case "/v3/kv/txn":
        let (isWrite, document) = Self.transaction(body, &state)
        guard !isWrite || !state.losesAnswer else {
          state.losesAnswer = false
          return ServerResponse(status: 504, body: "{}")
        }
        return .json(document)
      case "/v3/lease/grant": return .json(["ID": "7"])
      default: return ServerResponse(status: 404, body: "{}")
      }
    }
  }

  private static func range(_ asked: JSON, _ state: State) -> JSON {
    let (from, to) = (decoded(asked["key"]), decoded(asked["range_end"]))
    var found = state.entries.filter { $0.key >= from && $0.key < to }.sorted { $0.key < $1.key }
    if asked["sort_target"] == "MOD" { found.sort { $0.value.revision > $1.value.revision } }
    if case .integer(let limit)? = asked["limit"] { found = Array(found.prefix(Int(limit))) }
    return [
      "kvs": .array(
        found.map { key, entry in
          [
            "key": .string(coded(key)), "value": .string(coded(entry.value)),
            "mod_revision": .string("\(entry.revision)"),
          ]
        })
    ]
  }

  private static func transaction(_ asked: JSON, _ state: inout State) -> (Bool, JSON) {
    let holds = elements(asked["compare"]).allSatisfy { comparison in
      let revision = state.entries[decoded(comparison["key"])]?.revision ?? 0
      return comparison["mod_revision"] == .string("\(revision)")
    }
    guard holds else { return (false, ["succeeded": false]) }
    var responses: [JSON] = []
    var isWrite = false
    for step in elements(asked["success"]) {
      if let range = step["request_range"] {
        responses.append(["response_range": Self.range(range, state)])
        continue
      }
      if !isWrite { state.revision += 1 }
      isWrite = true
      if let put = step["request_put"] {
        state.entries[decoded(put["key"])] = Entry(
          value: decoded(put["value"]), revision: state.revision)
      } else if let deletion = step["request_delete_range"] {
        state.entries[decoded(deletion["key"])] = nil
      }
      responses.append([:])
    }
    return (isWrite, ["succeeded": true, "responses": .array(responses)])
  }

  private static func elements(_ json: JSON?) -> [JSON] {
    if case .array(let elements)? = json { elements } else { [] }
  }

  private static func coded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  private static func decoded(_ json: JSON?) -> String {
    guard case .string(let text)? = json, let data = Data(base64Encoded: text) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }
}

extension ServerResponse {
  static func json(_ document: JSON) -> ServerResponse {
    ServerResponse(status: 200, body: document.text())
  }
}

/// Servers on ports that nobody has.
enum Loopback {
  static func start(_ server: HTTPServer) throws -> ServiceCall.Place {
    var failure: (any Error)?
    for _ in 0..<50 {
      let port = UInt16.random(in: 20_000...30_000)
      do {
        try server.start(address: "127.0.0.1", port: port)
        return ServiceCall.Place(host: "127.0.0.1", port: port)
      } catch { failure = error }
    }
    throw failure!
  }
}
