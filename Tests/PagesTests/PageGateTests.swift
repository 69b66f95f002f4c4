import Basics
import Testing

@testable import Pages

@Suite struct PageGateTests {
  static let place = ListenAddress(text: "127.0.0.1:8080")!
  static let token = PageToken(bytes: Array(0..<20))
  static let path = "/" + token.text

  static func gate(takesActs: Bool = true) -> PageGate {
    PageGate(at: place, token: token, takesActs: takesActs)
  }

  static func get(_ part: String, host: String? = "127.0.0.1:8080") -> PageRequest {
    var request = PageRequest("GET", path + part)
    request.host = host
    return request
  }

  static func post() -> PageRequest {
    var request = get("/act")
    request.method = "POST"
    request.origin = "http://127.0.0.1:8080"
    request.fetchSite = "same-origin"
    request.contentType = "application/json; charset=utf-8"
    return request
  }

  /// The status of a refusal; nil where it was let in.
  static func refusal(_ request: PageRequest, takesActs: Bool = true) -> Int? {
    guard case .refused(let status, _) = gate(takesActs: takesActs).way(of: request) else {
      return nil
    }
    return status
  }

  @Test func whoKnowsTheWholeAddressIsLetIn() {
    let gate = Self.gate()
    #expect(gate.way(of: Self.get("/")) == .page)
    #expect(gate.way(of: Self.get("/events")) == .events)
    #expect(gate.way(of: Self.get("/log")) == .log)
    #expect(gate.way(of: Self.get("/icon.svg")) == .icon)
    #expect(gate.way(of: Self.post()) == .act)
  }

  @Test(arguments: [
    "", "/", "//", "/favicon.ico", "/events", "/" + String(repeating: "0", count: 40) + "/",
    path.dropLast() + "/", path + "0/", "/" + path + "/", path.uppercased() + "/",
  ])
  func whoDoesNotIsToldNothing(path: String) {
    var request = Self.get("")
    request.path = path
    let known = Self.gate().way(of: request)
    #expect(known == .refused(403, "this is not the page's whole address"))
  }

  @Test(arguments: [
    nil, "", "localhost:8080", "evil.example:8080", "127.0.0.1", "127.0.0.1:80", "127.0.0.2:8080",
    "127.0.0.1:8080.evil.example", "[::1]:8080", "127.1:8080",
  ])
  func aNameThatResolvesToUsIsNotUs(host: String?) {
    #expect(Self.refusal(Self.get("/", host: host)) == 403)
    var post = Self.post()
    post.host = host
    post.origin = host.map { "http://\($0)" }
    #expect(Self.refusal(post) == 403)
  }

  @Test func anotherSiteCannotAct() {
    #expect(Self.refusal(Self.post()) == nil)
    for origin in ["http://evil.example", "null", "https://127.0.0.1:8080", "http://127.0.0.1:80"] {
      var request = Self.post()
      request.origin = origin
      #expect(Self.refusal(request) == 403, "\(origin)")
    }
    for site in ["cross-site", "same-site", ""] {
      var request = Self.post()
      request.fetchSite = site
      #expect(Self.refusal(request) == 403, "\(site)")
      var events = Self.get("/events")
      events.fetchSite = site
      #expect(Self.refusal(events) == 403, "\(site)")
    }
    // What a form can send without asking first.
    for type in [nil, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
      var request = Self.post()
      request.contentType = type
      #expect(Self.refusal(request) == 415, "\(type ?? "")")
    }
    var bare = Self.post()
    bare.origin = nil
    bare.fetchSite = nil
    #expect(Self.refusal(bare) == nil, "what is no browser says nothing of either")
  }

  @Test func whatIsReadNeverActs() {
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"] {
      var request = Self.post()
      request.method = method
      #expect(Self.refusal(request) == 405, "\(method)")
    }
    for part in ["/", "/events", "/log", "/icon.svg"] {
      var request = Self.post()
      request.path = Self.path + part
      #expect(Self.refusal(request) == 405, "\(part)")
    }
    #expect(Self.refusal(Self.get("/act/")) == 404)
    #expect(Self.refusal(Self.get("")) == 404)
    #expect(Self.refusal(Self.get("/../act")) == 404)
    #expect(Self.refusal(Self.post(), takesActs: false) == 403)
  }

  @Test func aTokenIsLongAndNeverTheSame() {
    let tokens = (0..<100).map { _ in PageToken().text }
    #expect(Set(tokens).count == 100)
    #expect(tokens.allSatisfy { $0.utf8.count * 4 >= 128 && $0.allSatisfy(\.isHexDigit) })
    #expect(Self.token.text == "000102030405060708090a0b0c0d0e0f10111213")
    #expect(Self.token.isSame(as: Self.token.text) && !Self.token.isSame(as: ""))
    #expect(!Self.token.isSame(as: Self.token.text + "0"))
  }
}
