import Basics
@testable import Bindings
import Testing

@Suite struct HTTPOptionsTests {
  private func options(_ settings: [String: Setting]) throws(BindingError) -> HTTPOptions {
    try HTTPBindings(ClientSettings(own: Settings(settings)), functions: []).options
  }

  @Test func theyAreReadFromTheClientsSettings() throws {
    let settings = Settings([
      "headers": .mapping(["Authorization": .text("Bearer x")]), "connections": .text("kept"),
      "tls": .mapping(["ca": .text("ca.pem"), "certificate": .text("c"), "key": .text("k")]),
    ])
    let options = try options(settings.values)
    #expect(options.headers.map { "\($0.name)=\($0.value)" } == ["Authorization=Bearer x"])
    #expect(options.connections == .kept)
    #expect(options.tls.authorities == .file("ca.pem") && options.tls.key == .file("k"))
    for key in ["headers", "tls", "connections", "longest-answer", "server-header"] {
      #expect(HTTPBindings.schema.key(named: key) != nil)
    }
    #expect(try self.options([:]) == .plain && HTTPOptions.plain.connections == .fresh)
  }

  @Test func loadingReadsEveryFileOnce() throws {
    var options = try options([
      "tls": .mapping(["certificate": .text("both.pem"), "ca": .text("ca.pem")])
    ])
    var asked: [String] = []
    options.load { path in
      asked.append(path)
      return Array(path.utf8)
    }
    #expect(asked.sorted() == ["both.pem", "ca.pem"])
    #expect(options.tls.certificate == .bytes(Array("both.pem".utf8)) && options.tls.key == nil)
  }

  @Test(arguments: [
    ("headers", "a b", "x", "'a b' cannot be the name of an HTTP header"),
    ("headers", "Content-Length", "3", "the client writes the header 'Content-Length' itself"),
    ("headers", "connection", "close", "use 'connections' instead"),
    ("headers", "X-A", "one\r\nX-B: two", "must be one line"),
    ("tls", "certficate", "c", "unknown key 'certficate'; did you mean 'certificate'?"),
    ("tls", "insecure", "yes", "'insecure' takes true or false, not 'yes'"),
    ("tls", "key", "k", "'key' needs the 'certificate' it belongs to"),
  ])
  func aWrongOneIsRefusedAtItsKey(key: String, inner: String, value: String, reason: String) {
    let error = #expect(throws: BindingError.self) {
      try options([key: .mapping([inner: .text(value)])])
    }
    #expect(error?.key == "\(key).\(inner)")
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func noAuthorityIsAskedWhereAnyCertificateWillDo() {
    #expect(throws: BindingError.self) {
      try options(["tls": .mapping(["ca": .text("c"), "insecure": .text("true")])])
    }
  }
}
