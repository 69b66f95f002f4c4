import ServiceGround
import Testing

@testable import configuration_service

@Suite(.serialized) struct ServiceCallTests {
  @Test func anAnswerComesWholeAndHeadersArePassedOn() throws {
    let server = HTTPServer(node: "n", queryNames: ["q"], headerNames: ["If-Match"]) {
      ServerResponse(
        status: 207,
        body: "\($0.method) \($0.path) \($0.query["q"] ?? "-") \($0.headers.count) \($0.body.count)"
      )
    }
    let place = try Loopback.start(server)
    defer { server.stop() }
    let got = try ServiceCall("GET", "/a?q=7").ask(place, until: .after(.seconds(2)))
    #expect(got == ServiceCall.Answer(status: 207, body: "GET /a 7 0 0"))
    let put = try ServiceCall("PUT", "/b", body: "{}").ask(place, until: .after(.seconds(2)))
    // The end of the line belongs to the body.
    #expect(put.body == "PUT /b - 0 3")
  }

  @Test func whereNobodyListensNothingWasSent() {
    let nobody = ServiceCall.Place(host: "127.0.0.1", port: 1)
    #expect {
      _ = try ServiceCall("GET", "/").ask(nobody, until: .after(.seconds(1)))
    } throws: {
      if case .notConnected? = $0 as? LineError { true } else { false }
    }
  }

  @Test(arguments: ["", "127.0.0.1", ":80", "host:port", "host:70000"])
  func whatIsNoPlaceIsNone(text: String) { #expect(ServiceCall.Place(text) == nil) }

  @Test func settingsAreReadFromFlagsAndTheirEnvironment() throws {
    let settings = try ConfigurationSettings(
      arguments: ["--store", "10.0.0.1:2379,10.0.0.2:2379", "--layout", "mirrored"],
      environment: [
        "CONFIGURATION_SERVICE_GATEWAY_KEY": "g", "CONFIGURATION_SERVICE_BUNDLE_KEY": "b",
      ])
    #expect(settings.store.map(\.host) == ["10.0.0.1", "10.0.0.2"])
    #expect(settings.layout == .mirrored)
    #expect(throws: ConfigurationError.self) {
      try ConfigurationSettings(arguments: [], environment: [:])
    }
  }
}
