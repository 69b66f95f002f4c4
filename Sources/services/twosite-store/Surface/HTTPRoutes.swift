import Basics
import ServiceGround

/// Every endpoint, and the status that tells a client what certainly happened.
///
/// 2xx: done, but where `outcome` is `declined`: a good answer (another value was there). 400, 404, 405, 421 and 503: certainly not done; 421
/// names the leader, in the body and as `X-Leader`. 504: nobody knows. Names may contain slashes.
///
/// - `GET`, `PUT /registers/NAME`, `POST /registers/NAME/cas`
/// - `POST /transactions[/SPACE]`
/// - `GET`, `POST /sets/NAME`; `GET`, `POST /counters/NAME`
/// - `GET`, `PUT /banks/NAME`, `POST /banks/NAME/transfer`
/// - `POST /queues/NAME`, `POST /queues/NAME/take`, `POST /queues/NAME/acknowledge`
/// - `POST /locks/NAME/acquire`, `POST /locks/NAME/release`
/// - `POST /timers`, `GET /timers/fired`; `POST /sequences/NAME`, `POST /ids`
/// - `GET /health`, `/role`, `/term`, `/clock`, `/status`
///
/// A body is what `fixtures/drivers/twosite/protocol.md` has as JSON; a value may be sent bare or as `{"value": …}`. A read below `/local` is
/// answered from what this replica has applied, leader or not.
struct HTTPRoutes: Sendable {
  let name: String
  let handler: any CallHandler
  let patience: Duration

  func answer(_ request: ServerRequest) -> ServerResponse {
    if request.method == "GET", let about = about(request.path) { return about }
    do throws(CallError) {
      guard let call = try Self.call(request, deadline: .after(patience)) else {
        return Self.refusal(404, "there is no \(request.method) \(request.path)")
      }
      return response(handler.reply(to: call), to: call)
    } catch {
      return Self.refusal(400, error.message)
    }
  }

  /// What is asked of the replica itself.
  private func about(_ path: String) -> ServerResponse? {
    let status = handler.status
    switch path {
    case "/": return Self.json(200, ["service": "twosite-store", "name": .string(name)])
    case "/health":
      return if let complaint = handler.complaint {
        Self.json(503, ["status": "DOWN", "reason": .string(complaint)])
      } else {
        Self.json(200, ["status": "UP"])
      }
    case "/role": return ServerResponse(status: 200, body: status.role.rawValue)
    case "/term": return ServerResponse(status: 200, body: "\(status.term)")
    case "/clock":
      // Seconds since 1970, with three digits behind the point.
      let digits = String(Clock.unixMillis())
      return ServerResponse(status: 200, body: "\(digits.dropLast(3)).\(digits.suffix(3))")
    case "/status":
      return Self.json(
        200,
        [
          "role": .string(status.role.rawValue), "leader": .optional(status.leader) { .string($0) },
          "term": .integer(Int64(clamping: status.term)),
          "committed": .integer(Int64(clamping: status.committed)),
          "applied": .integer(Int64(clamping: status.applied)),
          "takesWrites": .bool(status.takesWrites),
        ])
    default: return nil
    }
  }

  private func response(_ reply: CallReply, to call: Call) -> ServerResponse {
    switch reply {
    case .done(let answer):
      return Self.json(200, call.isBare ? answer : ["value": answer, "outcome": "done"])
    case .declined(let reason):
      return Self.json(200, ["outcome": "declined", "error": .string(reason)])
    case .malformed(let reason): return Self.refusal(400, reason)
    case .refused(let reason, let leader?):
      return Self.json(
        421, ["outcome": "not-done", "error": .string(reason), "leader": .string(leader)],
        ["X-Leader": leader])
    case .refused(let reason, nil): return Self.refusal(503, reason)
    case .unknown(let reason):
      return Self.json(504, ["outcome": "unknown", "error": .string(reason)])
    }
  }

  private static func refusal(_ status: Int, _ reason: String) -> ServerResponse {
    json(status, ["outcome": "not-done", "error": .string(reason)])
  }

  private static func json(
    _ status: Int, _ document: JSON, _ headers: [String: String] = [:]
  ) -> ServerResponse {
    ServerResponse(status: status, body: document.text(), headers: headers)
  }
}

extension Call {
  /// Whether the answer is a document of its own instead of a value.
  fileprivate var isBare: Bool {
    switch verb {
    case .elements, .fired, .balances, .txn, .take: true
    default: false
    }
  }
}
