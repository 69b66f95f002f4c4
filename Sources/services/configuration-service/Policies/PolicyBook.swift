import Basics
import ServiceGround
import Synchronization

/// The policies in the store: read, compared and set, each write with its audit event and its request's key in one
/// transaction.
///
/// A request that comes again, here or in the other data centre, finds its key and is told what it was told before.
final class PolicyBook: Sendable {
  /// What a write asks for.
  struct Change: Sendable {
    /// Nil for the platform's policy.
    var name: String?
    var isPatch: Bool
    var content: JSON
    /// The entity tag that must be the newest's; `*` takes any; nil only where there is none.
    var ifMatch: String?
    var by: String
    /// The same for every sending of one request.
    var request: String

    var subject: String { name ?? "platform" }
    /// Two requests that differ have, as good as certainly, different ones.
    var fingerprint: String {
      let text = "\(subject) \(isPatch) \(ifMatch ?? "-") \(content.text())"
      return SHA256.base64(Array(text.utf8))
    }
  }

  /// What became of it.
  struct Outcome: Sendable, Equatable {
    var version: Int64
    var wasThere: Bool
    /// It was done before, by another sending of the same request.
    var wasRepeated = false
  }

  /// How often a write that takes any version looks again when another was quicker.
  private static let tries = 4
  private static let leaseSeconds = 600
  private static let leaseRenewalMillis: UInt64 = 60_000

  let store: KeyValues
  let site: String
  private let roots: [String]
  private let keepsEvents: Bool
  private let lease = Mutex<(number: Int64, since: UInt64)?>(nil)

  init(store: KeyValues, settings: ConfigurationSettings) {
    self.store = store
    site = settings.site
    keepsEvents = settings.audit == .outbox
    roots = settings.layout == .mirrored ? ["", PolicyKeys.mirror] : [""]
  }

  /// Nil where there is none of that name.
  func policy(_ name: String?, until deadline: Deadline) throws(ServiceRefusal) -> StoredPolicy? {
    let pairs = try store.read(
      prefixes: roots.map { $0 + PolicyKeys.folder(name) }, until: deadline)
    return StoredPolicy.all(in: pairs, roots: roots)[name]
  }

  /// Every policy, and the revision of what is there.
  func all(
    until deadline: Deadline
  ) throws(ServiceRefusal) -> (revision: String, policies: [String?: StoredPolicy]) {
    let pairs = try store.read(prefixes: roots.map { $0 + PolicyKeys.all }, until: deadline)
    let revisions = pairs.map { "\($0.map(\.revision).max() ?? 0)" }
    return (revisions.joined(separator: "."), StoredPolicy.all(in: pairs, roots: roots))
  }

  /// The revision alone.
  func revision(until deadline: Deadline) throws(ServiceRefusal) -> String {
    try roots.map { (root) throws(ServiceRefusal) in
      "\(try store.newest(prefix: root + PolicyKeys.all, until: deadline))"
    }.joined(separator: ".")
  }

  /// - Parameter check: whether the new content may be stored, asked before anything is.
  func change(
    _ change: Change, until deadline: Deadline,
    check: (StoredPolicy) throws(ServiceRefusal) -> Void
  ) throws(ServiceRefusal) -> Outcome {
    var wasTried = false
    for _ in 0..<Self.tries {
      let (known, before, revision) = try look(change, until: deadline, wasTried: wasTried)
      if let known { return known }
      try Self.compare(change, with: before)
      let policy = merged(change, before)
      try check(policy)
      wasTried = true
      if try write(policy, change, revision, until: deadline) {
        return Outcome(version: policy.mark.version, wasThere: before != nil)
      }
    }
    throw .init(409, "others write this policy all the time")
  }

  /// Whether the request was carried out already; else what is there, with its revision in the own store.
  private func look(
    _ change: Change, until deadline: Deadline, wasTried: Bool
  ) throws(ServiceRefusal) -> (known: Outcome?, before: StoredPolicy?, revision: Int64) {
    let folders = roots.map { $0 + PolicyKeys.folder(change.name) }
    let requests = roots.map { $0 + PolicyKeys.request(change.request) }
    let pairs: [[KeyValues.Pair]]
    do throws(ServiceRefusal) {
      pairs = try store.read(prefixes: folders + requests, until: deadline)
    } catch {
      // What was sent before may yet have been carried out.
      throw wasTried ? .unknown(error.reason) : error
    }
    let own = pairs[0].first { $0.key == folders[0] + "meta" }?.revision ?? 0
    let known = zip(requests, pairs[folders.count...]).compactMap { key, pairs in
      pairs.first { $0.key == key }
    }.first
    let before = StoredPolicy.all(in: Array(pairs[..<folders.count]), roots: roots)[change.name]
    return (
      try known.map { (pair) throws(ServiceRefusal) in try Self.repeated(pair, change) }, before,
      own
    )
  }

  private static func repeated(
    _ pair: KeyValues.Pair, _ change: Change
  ) throws(ServiceRefusal) -> Outcome {
    guard let json = try? JSON(reading: pair.value), case .integer(let version)? = json["version"]
    else { throw .unavailable("the store's record of this request cannot be read") }
    guard json["fingerprint"] == .string(change.fingerprint) else {
      throw .init(422, "this Idempotency-Key was another request's")
    }
    return Outcome(version: version, wasThere: json["was-there"] == true, wasRepeated: true)
  }

  private static func compare(
    _ change: Change, with before: StoredPolicy?
  ) throws(ServiceRefusal) {
    guard let before else {
      if change.isPatch { throw .init(404, "there is no policy '\(change.subject)'") }
      guard change.ifMatch == nil || change.ifMatch == "*" else {
        throw .init(409, "there is no policy '\(change.subject)' that could match")
      }
      return
    }
    guard let ifMatch = change.ifMatch else {
      throw .init(
        428, "there is a policy '\(change.subject)': say with If-Match which version is meant")
    }
    guard ifMatch == "*" || ifMatch == before.tag else {
      throw .init(409, "the policy '\(change.subject)' is at \(before.tag), not at \(ifMatch)")
    }
  }

  private func merged(_ change: Change, _ before: StoredPolicy?) -> StoredPolicy {
    let old = before?.content ?? ["rego": "", "data": [:]]
    let content = change.isPatch ? old.patched(with: change.content) : change.content
    let rego: String = if case .string(let text)? = content["rego"] { text } else { "" }
    let mark = StoredPolicy.Mark(
      version: (before?.mark.version ?? 0) + 1, by: change.by, at: Int64(Clock.unixMillis()),
      site: site)
    return StoredPolicy(rego: rego, data: content["data"] ?? [:], mark: mark)
  }

  private func write(
    _ policy: StoredPolicy, _ change: Change, _ revision: Int64, until deadline: Deadline
  ) throws(ServiceRefusal) -> Bool {
    let folder = PolicyKeys.folder(change.name)
    let request = PolicyKeys.request(change.request)
    let record: JSON = [
      "version": .integer(policy.mark.version), "was-there": .bool(policy.mark.version > 1),
      "fingerprint": .string(change.fingerprint),
    ]
    var pairs = [
      (folder + "data", policy.data.text()), (folder + "meta", policy.mark.json.text()),
      (folder + "rego", policy.rego),
    ]
    if keepsEvents {
      let event = AuditEvent(change, policy.mark)
      pairs.append((PolicyKeys.events + event.id, event.json.text()))
    }
    return try store.write(
      if: [
        .init(key: folder + "meta", revision: revision), .init(key: request, revision: 0),
      ], put: pairs, leased: [(request, record.text())], lease: try leased(until: deadline),
      until: deadline)
  }

  /// The lease of requests' keys: one for all of a minute.
  private func leased(until deadline: Deadline) throws(ServiceRefusal) -> Int64 {
    let now = Clock.monotonicMillis()
    if let known = lease.withLock({ $0 }), now < known.since + Self.leaseRenewalMillis {
      return known.number
    }
    let number = try store.lease(seconds: Self.leaseSeconds, until: deadline)
    lease.withLock { $0 = (number, now) }
    return number
  }
}
