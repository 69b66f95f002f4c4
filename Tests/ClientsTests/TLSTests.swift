import Basics
import Bindings
import Clients
import Foundation
import Glibc
import Testing
import Workloads

/// HTTPS against a real server, which the machine's `openssl` plays.
@Suite(.serialized, .enabled(if: TLSServer.isPossible, "needs /usr/bin/openssl"))
struct TLSTests {
  private func failure(_ tls: [String: Setting], _ server: TLSServer) throws -> ClientError? {
    do {
      let response = try get(tls, server)
      #expect(response.status == 200)
      return nil
    } catch let error as ClientError { return error }
  }

  private func get(_ tls: [String: Setting], _ server: TLSServer) throws -> HTTPResponse {
    let settings: [String: Setting] = tls.isEmpty ? [:] : ["tls": .mapping(tls)]
    var options = try HTTPBindings(ClientSettings(own: Settings(settings)), functions: []).options
    try options.load { path in Array(try Data(contentsOf: URL(filePath: path))) }
    let request = HTTPRequest(method: "GET", path: "/")
    return try HTTPClient(timeout: .seconds(5), options: options).send(request, to: server.url)
  }

  @Test func aServerIsTrustedByItsAuthorityOrNotAtAll() throws {
    let server = try TLSServer()
    #expect(try failure(["ca": .text(server.certificate)], server) == nil)
    #expect(try failure(["insecure": .text("true")], server) == nil)
    // The machine's authorities know nothing of it, and nothing is sent to a stranger.
    guard case .definite? = try failure([:], server) else {
      Issue.record("a server that nobody vouches for was asked")
      return
    }
    let other = try TLSServer()
    guard case .definite? = try failure(["ca": .text(other.certificate)], server) else {
      Issue.record("another's authority was enough")
      return
    }
  }

  @Test func aClientShowsItsCertificate() throws {
    let server = try TLSServer(asksForCertificate: true)
    let own: [String: Setting] = [
      "certificate": .text(server.certificate), "key": .text(server.key),
      "ca": .text(server.certificate),
    ]
    #expect(try failure(own, server) == nil)
    #expect(try failure(["ca": .text(server.certificate)], server) != nil)
  }
}

/// A TLS server on a loopback port with a certificate of its own making.
final class TLSServer {
  static let openssl = "/usr/bin/openssl"
  static let isPossible = FileManager.default.isExecutableFile(atPath: openssl)

  let folder: URL
  let port: UInt16
  private let process = Process()

  var url: String { "https://localhost:\(port)" }
  var certificate: String { folder.appending(path: "cert.pem").path }
  var key: String { folder.appending(path: "key.pem").path }

  init(asksForCertificate: Bool = false) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let made = Process()
    made.executableURL = URL(filePath: Self.openssl)
    made.arguments = [
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
      "-addext", "subjectAltName=DNS:localhost", "-keyout", folder.path + "/key.pem", "-out",
      folder.path + "/cert.pem",
    ]
    made.standardError = FileHandle.nullDevice
    try made.run()
    made.waitUntilExit()
    process.executableURL = URL(filePath: Self.openssl)
    process.arguments =
      [
        "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", folder.path + "/cert.pem", "-key",
        folder.path + "/key.pem",
      ]
      + (asksForCertificate
        ? [
          "-Verify", "1", "-CAfile", folder.path + "/cert.pem",
          "-verify_return_error",
        ] : [])
    let output = Foundation.Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    port = try Self.port(output.fileHandleForReading)
  }

  /// It prints `ACCEPT 127.0.0.1:PORT` once it listens.
  private static func port(_ output: FileHandle) throws -> UInt16 {
    var text = ""
    while true {
      let part = output.availableData
      text += String(decoding: part, as: UTF8.self)
      let line = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
      if text.hasSuffix("\n"), let port = line?.split(separator: ":").last.flatMap({ UInt16($0) }) {
        return port
      }
      try #require(!part.isEmpty, "no server: \(text)")
    }
  }

  deinit {
    // A signal that the test's threads block is blocked in their children, too; this one is not.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }
}
