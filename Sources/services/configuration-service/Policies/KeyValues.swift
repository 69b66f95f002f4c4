import Basics
import FoundationEssentials
import ServiceGround
import Synchronization

/// The key-value store, asked through etcd's JSON gateway (keys and values in base64, numbers as texts).
///
/// The nearest member is asked first, and one that has just failed last. What is sent may be sent again to the next
/// member, so every write must tell by a comparison whether it was done before.
final class KeyValues: Sendable {
  /// One key with its value.
  struct Pair: Sendable, Equatable {
    let key: String
    let value: String
    /// The revision of the whole store at which it was last written.
    let revision: Int64
  }

  /// What must hold for a transaction to be carried out.
  struct Comparison: Sendable {
    let key: String
    /// 0: there is no such key.
    let revision: Int64

    var json: JSON {
      [
        "key": .string(KeyValues.coded(key)), "target": "MOD", "result": "EQUAL",
        "mod_revision": .string("\(revision)"),
      ]
    }
  }

  /// How long one member is waited for.
  private static let patience = Duration.milliseconds(300)
  /// How long one that failed is asked last.
  private static let penaltyMillis: UInt64 = 1000

  private let members: [ServiceCall.Place]
  private let failures = Mutex<[ServiceCall.Place: UInt64]>([:])

  init(members: [ServiceCall.Place]) { self.members = members }

  /// Everything below each of the prefixes at one moment, as all members agree on it.
  func read(
    prefixes: [String], until deadline: Deadline
  ) throws(ServiceRefusal) -> [[Pair]] {
    let ranges = prefixes.map { prefix -> JSON in
      [
        "request_range": [
          "key": .string(Self.coded(prefix)), "range_end": .string(Self.end(of: prefix)),
        ]
      ]
    }
    let answer = try ask("/v3/kv/txn", ["success": .array(ranges)], until: deadline) {
      .unavailable($0)
    }
    guard case .array(let responses)? = answer["responses"], responses.count == prefixes.count
    else { throw .unavailable("the store's answer is not as it should be") }
    return responses.map { Self.pairs($0["response_range"]) }
  }

  /// The revision of the newest write below a prefix; 0 where there is nothing.
  func newest(prefix: String, until deadline: Deadline) throws(ServiceRefusal) -> Int64 {
    let range: JSON = [
      "key": .string(Self.coded(prefix)), "range_end": .string(Self.end(of: prefix)),
      "limit": 1, "sort_order": "DESCEND", "sort_target": "MOD", "keys_only": true,
    ]
    let answer = try ask("/v3/kv/range", range, until: deadline) { .unavailable($0) }
    return Self.pairs(answer).first?.revision ?? 0
  }

  /// Carries the writes out if every comparison holds; whether it did.
  ///
  /// - Parameter lease: the number of the lease that `leased` keys are bound to.
  func write(
    if comparisons: [Comparison], put pairs: [(key: String, value: String)],
    leased: [(key: String, value: String)], lease: Int64, until deadline: Deadline
  ) throws(ServiceRefusal) -> Bool {
    let puts =
      pairs.map { Self.put($0.key, $0.value, lease: 0) }
      + leased.map { Self.put($0.key, $0.value, lease: lease) }
    let answer = try ask(
      "/v3/kv/txn",
      ["compare": .array(comparisons.map(\.json)), "success": .array(puts)], until: deadline
    ) { .unknown($0) }
    return answer["succeeded"] == true
  }

  /// Removes keys; done twice does no harm.
  func remove(_ keys: [String], until deadline: Deadline) throws(ServiceRefusal) {
    let deletions = keys.map { key -> JSON in
      ["request_delete_range": ["key": .string(Self.coded(key))]]
    }
    _ = try ask("/v3/kv/txn", ["success": .array(deletions)], until: deadline) { .unknown($0) }
  }

  /// A lease of so many seconds.
  func lease(seconds: Int, until deadline: Deadline) throws(ServiceRefusal) -> Int64 {
    let answer = try ask("/v3/lease/grant", ["TTL": .string("\(seconds)")], until: deadline) {
      .unavailable($0)
    }
    guard let number = Self.number(answer["ID"]) else { throw .unavailable("no lease was given") }
    return number
  }

  private func ask(
    _ path: String, _ body: JSON, until deadline: Deadline,
    failing: (String) -> ServiceRefusal
  ) throws(ServiceRefusal) -> JSON {
    let call = ServiceCall("POST", path, body: body.text())
    var reason = "no member was asked in time"
    var wasSent = false
    for member in order where !deadline.hasPassed {
      let own = Deadline.after(Self.patience)
      let limit = own.nanoseconds < deadline.nanoseconds ? own : deadline
      do throws(LineError) {
        let answer = try call.ask(member, until: limit)
        if answer.status == 200, let json = try? JSON(reading: answer.body) { return json }
        wasSent = true
        reason = "\(member.host) answers \(answer.status) \(answer.body.prefix(120))"
      } catch {
        if case .notConnected = error {} else { wasSent = true }
        reason = "\(member.host): \(error)"
      }
      failures.withLock { $0[member] = Clock.monotonicMillis() }
    }
    let words = "the store has no majority here: \(reason)"
    throw wasSent ? failing(words) : .unavailable(words)
  }

  private var order: [ServiceCall.Place] {
    let now = Clock.monotonicMillis()
    return failures.withLock { failures in
      let isBad = members.map { failures[$0].map { now < $0 + Self.penaltyMillis } ?? false }
      let indices = members.indices
      return (indices.filter { !isBad[$0] } + indices.filter { isBad[$0] }).map { members[$0] }
    }
  }

  private static func put(_ key: String, _ value: String, lease: Int64) -> JSON {
    [
      "request_put": [
        "key": .string(coded(key)), "value": .string(coded(value)), "lease": .string("\(lease)"),
      ]
    ]
  }

  static func coded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  private static func decoded(_ value: JSON?) -> String? {
    guard case .string(let text)? = value, let data = Data(base64Encoded: text) else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  /// The first key that no longer begins with the prefix, which ends in a plain letter or a slash.
  static func end(of prefix: String) -> String {
    var bytes = Array(prefix.utf8)
    bytes[bytes.count - 1] += 1
    return Data(bytes).base64EncodedString()
  }

  private static func number(_ value: JSON?) -> Int64? {
    switch value {
    case .string(let text)?: Int64(text)
    case .integer(let number)?: number
    default: nil
    }
  }

  private static func pairs(_ range: JSON?) -> [Pair] {
    guard case .array(let pairs)? = range?["kvs"] else { return [] }
    return pairs.compactMap { pair in
      guard let key = decoded(pair["key"]) else { return nil }
      return Pair(
        key: key, value: decoded(pair["value"]) ?? "", revision: number(pair["mod_revision"]) ?? 0)
    }
  }
}
