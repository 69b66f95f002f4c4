import Basics
import Glibc
import ServiceGround

@testable import configuration_service

/// The routes of a service with a small store, an engine that finds fault with what has `broken` in it, and a database
/// that keeps what is posted.
final class RunningService {
  let store = SmallStore()
  let routes: ConfigurationRoutes
  private let others: [HTTPServer]

  init(
    layout: ConfigurationSettings.Layout = .replicated, moods: String = "",
    places more: [ServiceCall.Place] = []
  ) throws {
    let engine = HTTPServer(node: "engine", limits: .init(bodyBytes: 1 << 20), queryNames: []) {
      String(decoding: $0.body, as: UTF8.self).contains("broken")
        ? ServerResponse(status: 400, body: #"{"error":"line 2"}"#)
        : ServerResponse(status: 200, body: "{}")
    }
    var settings = ConfigurationSettings()
    settings.engines = [try Loopback.start(engine)]
    settings.store = more + [try store.start()]
    settings.layout = layout
    settings.gatewayKey = "the gateway's"
    settings.bundleKey = "the bundles'"
    settings.moods = moods
    others = [engine]
    let keyValues = KeyValues(members: settings.store)
    let book = PolicyBook(store: keyValues, settings: settings)
    routes = ConfigurationRoutes(
      book: book,
      shelf: BundleShelf(
        book: book, platform: "package platform\n", key: settings.bundleKey, moods: moods),
      post: AuditPost(store: keyValues, documents: settings.documents),
      check: PolicyCheck(engines: settings.engines), settings: settings)
  }

  func stop() {
    store.stop()
    for server in others { server.stop() }
  }

  /// Asks as the gateway does for an author; a header that is given as nil is left out.
  func ask(
    _ method: String, _ path: String, _ body: String = "", _ headers: [String: String?] = [:]
  ) -> ServerResponse {
    var sent: [String: String?] = [
      "X-Gateway-Key": "the gateway's", "X-Subject": "ann", "X-Roles": "author",
      "Idempotency-Key": "key-\(Int.random(in: 0 ... .max))",
    ]
    sent.merge(headers) { $1 }
    return routes.answer(
      ServerRequest(
        method: method, path: path, headers: sent.compactMapValues { $0 }, body: Array(body.utf8)))
  }
}

func withService(_ body: (RunningService) throws -> Void) throws {
  let service = try RunningService()
  defer { service.stop() }
  try body(service)
}

extension ServerResponse {
  var json: JSON { (try? JSON(reading: body)) ?? .null }
}
