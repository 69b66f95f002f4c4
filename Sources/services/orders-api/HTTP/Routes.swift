import Basics
import ServiceGround

/// Every endpoint, and the status that tells a client what certainly happened.
///
/// 2xx: done, after the commit. 4xx and 503: certainly not done. 500 and 504, with
/// `"outcome":"unknown"`: sent to the database, and nobody knows.
///
/// - `POST /orders` adds one integer: 201 when it is new, 200 when it was there already.
/// - `GET /orders` is a JSON array of all, from the server that may be written to;
///   `?replica=any` takes a standby where there is no such server, `?replica=HOST` that very host
///   of the connection string. `X-Database` tells who answered.
/// - `POST /ids` issues an ID: 201, `{"id": …}`, a number or (a UUID) a text.
/// - `GET /health` is 200 while orders can be written; `?of=ids` while IDs can be issued.
struct Routes: Sendable {
  let orders: Orders
  let ids: IDSource
  let health: Health
  let timeout: Duration

  func answer(_ request: ServerRequest) -> ServerResponse {
    switch (request.method, request.path) {
    case ("POST", "/orders"): add(request)
    case ("GET", "/orders"): list(request)
    case ("POST", "/ids"): issue()
    case ("GET", "/health"): report(request)
    case ("GET", "/"): Self.json(200, ["service": "orders-api"])
    case (_, "/orders"), (_, "/ids"), (_, "/health"), (_, "/"):
      Self.refusal(405, "\(request.method) is not for \(request.path)")
    default: Self.refusal(404, "there is no \(request.path)")
    }
  }

  private func add(_ request: ServerRequest) -> ServerResponse {
    guard let element = request.element else {
      return Self.refusal(400, "the body must be one integer, or {\"element\": integer}")
    }
    return attempt {
      () throws(DatabaseError) in
      let posts = try orders.add(element, until: .after(timeout))
      return posts == 1
        ? Self.json(201, ["element": .integer(element), "outcome": "added"])
        : Self.json(
          200, ["element": .integer(element), "outcome": "already-there", "posts": .integer(posts)])
    }
  }

  private func list(_ request: ServerRequest) -> ServerResponse {
    let replica: Orders.Replica =
      switch request.query["replica"] {
      case nil, "primary": .primary
      case "any": .any
      case let host?: .host(host)
      }
    return attempt { () throws(DatabaseError) in
      let read = try orders.all(from: replica, until: .after(timeout))
      let body = "[" + read.elements.joined(separator: ",") + "]"
      return ServerResponse(status: 200, body: body, headers: ["X-Database": read.host])
    }
  }

  private func issue() -> ServerResponse {
    switch ids {
    case .sequence:
      return attempt { () throws(DatabaseError) in
        Self.json(201, ["id": .integer(try orders.nextID(until: .after(timeout)))])
      }
    case .uuidv7(let generator):
      return Self.json(201, ["id": .string(generator.next())])
    case .snowflake(let generator):
      do throws(IDError) {
        return Self.json(201, ["id": .integer(Int64(try generator.next()))])
      } catch {
        return Self.refusal(503, error.reason)
      }
    }
  }

  /// `?of=ids` asks only for what `POST /ids` needs: a local generator needs no database.
  private func report(_ request: ServerRequest) -> ServerResponse {
    if request.query["of"] == "ids", ids.isLocal { return Self.json(200, ["status": "UP"]) }
    switch health.status {
    case .up(let database):
      return Self.json(200, ["status": "UP", "database": .string(database)])
    case .down(let reason):
      return Self.json(503, ["status": "DOWN", "reason": .string(reason)])
    }
  }

  private func attempt(_ body: () throws(DatabaseError) -> ServerResponse) -> ServerResponse {
    do throws(DatabaseError) { return try body() } catch { return Self.failure(error) }
  }

  static func failure(_ error: DatabaseError) -> ServerResponse {
    switch error {
    case .notSent(let reason), .refused(_, let reason): refusal(503, reason)
    case .unknown(let reason):
      json(504, ["outcome": "unknown", "error": .string(reason)])
    }
  }

  private static func refusal(_ status: Int, _ reason: String) -> ServerResponse {
    json(status, ["outcome": "not-done", "error": .string(reason)])
  }

  private static func json(_ status: Int, _ document: JSON) -> ServerResponse {
    ServerResponse(status: status, body: document.text())
  }
}
