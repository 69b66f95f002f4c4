import Basics
import ServiceGround

/// Every endpoint.
///
/// - `GET /policies/{project}` and `/policies/platform`: 200 with its ETag, or 404.
/// - `PUT` and `PATCH` of them: 201 new, 200 changed; 400 not as it should be, 401 not through the gateway, 403 not an
///   author, 404 nothing to patch, 409 another version, 413 too large, 422 the key was another request's, 428
///   without `If-Match`, 503 certainly not done, 504 nobody knows.
/// - `GET /audit?prefix=project.`: the events, from the platform's database.
/// - `GET /bundles/all.tar.gz`: for policy engines, with an ETag.
/// - `GET /health`, `/ready` (the store answers), `/moods`.
struct ConfigurationRoutes: Sendable {
  static let headerNames = [
    "If-Match", "If-None-Match", "Idempotency-Key", "X-Gateway-Key", "X-Subject", "X-Roles",
  ]

  let book: PolicyBook
  let shelf: BundleShelf
  let post: AuditPost
  let check: PolicyCheck
  let settings: ConfigurationSettings

  func answer(_ request: ServerRequest) -> ServerResponse {
    do throws(ServiceRefusal) { return try route(request) } catch { return Self.refusal(error) }
  }

  private func route(_ request: ServerRequest) throws(ServiceRefusal) -> ServerResponse {
    let deadline = Deadline.after(settings.timeout)
    let words = request.path.split(separator: "/", omittingEmptySubsequences: true)
    switch (request.method, words.first, words.count) {
    case ("GET", "health", 1): return Self.json(200, ["status": "UP"])
    case ("GET", "moods", 1): return Self.json(200, ["moods": .strings(shelf.currentMoods)])
    case ("GET", "ready", 1):
      _ = try book.revision(until: deadline)
      return Self.json(200, ["status": "UP"])
    case ("GET", "bundles", 2):
      return try shelf.answer(known: request.headers["If-None-Match"], until: deadline)
    case ("GET", "audit", 1):
      try requireGateway(request)
      let events = try post.events(request.query["prefix"] ?? "", until: deadline)
      return ServerResponse(status: 200, body: events)
    case (let method, "policies", 2) where ["GET", "PUT", "PATCH"].contains(method):
      try requireGateway(request)
      let name = try Self.name(words[1])
      return method == "GET"
        ? try show(name, until: deadline) : try write(request, name, until: deadline)
    case (_, "policies", 2), (_, "audit", 1), (_, "health", 1):
      throw .init(405, "\(request.method) is not for \(request.path)")
    default: throw .init(404, "there is no \(request.path)")
    }
  }

  /// Only the gateway knows the key, and it has looked at the token.
  private func requireGateway(_ request: ServerRequest) throws(ServiceRefusal) {
    let shown = Array((request.headers["X-Gateway-Key"] ?? "").utf8)
    guard HMAC.areEqual(shown, Array(settings.gatewayKey.utf8)) else {
      throw .init(401, "requests come through the gateway")
    }
  }

  /// A project's name, which is a word of Rego; nil for the platform.
  static func name(_ word: Substring) throws(ServiceRefusal) -> String? {
    if word == "platform" { return nil }
    let isPlain = word.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
    }
    guard isPlain, word.utf8.count <= 63, word.first?.isNumber == false else {
      throw .init(400, "a project's name is 1 to 63 of a-z, 0-9 and _, and begins with a letter")
    }
    return String(word)
  }

  private func show(
    _ name: String?, until deadline: Deadline
  ) throws(ServiceRefusal) -> ServerResponse {
    guard let policy = try book.policy(name, until: deadline) else {
      throw .init(404, "there is no policy '\(name ?? "platform")'")
    }
    var answer = Self.json(
      200,
      [
        "project": .string(name ?? "platform"), "version": .integer(policy.mark.version),
        "by": .string(policy.mark.by), "at": .integer(policy.mark.at),
        "rego": .string(policy.rego), "data": policy.data,
      ])
    answer.headers["ETag"] = policy.tag
    return answer
  }

  private func write(
    _ request: ServerRequest, _ name: String?, until deadline: Deadline
  ) throws(ServiceRefusal) -> ServerResponse {
    let change = try change(request, name)
    let outcome = try book.change(change, until: deadline) { (policy) throws(ServiceRefusal) in
      try check.check(policy, of: name, until: deadline)
    }
    if settings.audit == .direct { try postDirectly(change, outcome, until: deadline) }
    post.wake()
    var answer = Self.json(
      outcome.wasThere ? 200 : 201,
      [
        "outcome": "done", "project": .string(change.subject),
        "version": .integer(outcome.version), "repeated": .bool(outcome.wasRepeated),
      ])
    answer.headers["ETag"] = "\"\(outcome.version)\""
    return answer
  }

  private func change(
    _ request: ServerRequest, _ name: String?
  ) throws(ServiceRefusal) -> PolicyBook.Change {
    let roles = (request.headers["X-Roles"] ?? "").split(separator: ",")
    guard roles.contains("admin") || name != nil && roles.contains("author") else {
      throw .init(403, name == nil ? "only an admin writes this" : "only an author writes this")
    }
    guard let content = try? JSON(reading: String(decoding: request.body, as: UTF8.self)),
      case .object(let members) = content, !members.isEmpty,
      members.allSatisfy({ ["rego", "data"].contains($0.name) })
    else { throw .init(400, "the body must be an object with 'rego', 'data', or both") }
    if let rego = content["rego"], rego != .null {
      guard case .string = rego else { throw .init(400, "'rego' must be a text") }
    }
    guard let key = request.headers["Idempotency-Key"], !key.isEmpty, key.utf8.count <= 128 else {
      throw .init(400, "an Idempotency-Key of at most 128 bytes is missing")
    }
    return PolicyBook.Change(
      name: name, isPatch: request.method == "PATCH", content: content,
      ifMatch: request.headers["If-Match"], by: request.headers["X-Subject"] ?? "",
      request: LineText.encoded(key))
  }

  /// After the write, once for each sending, under a number of its own: what must be found out.
  private func postDirectly(
    _ change: PolicyBook.Change, _ outcome: PolicyBook.Outcome, until deadline: Deadline
  ) throws(ServiceRefusal) {
    let mark = StoredPolicy.Mark(
      version: outcome.version, by: change.by, at: Int64(Clock.unixMillis()), site: settings.site)
    let id = "\(change.subject).\(UInt64.random(in: 0 ... .max))"
    try post.postDirectly(AuditEvent(id: id, change, mark), until: deadline)
  }

  static func refusal(_ refusal: ServiceRefusal) -> ServerResponse {
    let outcome: JSON = refusal.status == 504 ? "unknown" : "not-done"
    return json(refusal.status, ["outcome": outcome, "error": .string(refusal.reason)])
  }

  private static func json(_ status: Int, _ document: JSON) -> ServerResponse {
    ServerResponse(status: status, body: document.text())
  }
}
