import Glibc
import ServiceGround
import Testing

@testable import orders_api

/// Over a real socket on loopback.
@Suite(.serialized) struct ServerTests {
  @Test func everyAnswerNamesItsNode() throws {
    try serve { port in
      let answer = try exchange(port, "GET /where?replica=any HTTP/1.0\r\n\r\n")
      #expect(answer.contains("200 OK"))
      #expect(answer.contains("X-Node: web-t"))
      #expect(answer.hasSuffix("GET /where any 0"))
    }
  }

  @Test func bodyArrivesWhole() throws {
    try serve { port in
      let body = String(repeating: "7", count: 4000)
      let answer = try exchange(
        port, "POST /orders HTTP/1.0\r\nContent-Length: 4000\r\n\r\n\(body)")
      #expect(answer.hasSuffix("POST /orders - 4000"))
    }
  }

  @Test func largeBodyIsRefused() throws {
    try serve { port in
      let body = String(repeating: "7", count: 9000)
      let answer = try exchange(
        port, "POST /orders HTTP/1.0\r\nContent-Length: 9000\r\n\r\n\(body)")
      #expect(answer.contains(" 413 "))
    }
  }

  @Test func takenPortIsAClearError() throws {
    try serve { port in
      let second = HTTPServer(node: "x", queryNames: []) { _ in
        ServerResponse(status: 200, body: "")
      }
      let error = #expect(throws: ConfigurationError.self) {
        try second.start(address: "127.0.0.1", port: port)
      }
      #expect(error?.message.contains("in use") == true)
    }
  }

  private func serve(_ body: (UInt16) throws -> Void) throws {
    let server = HTTPServer(node: "web-t", queryNames: ["replica"]) { request in
      let replica = request.query["replica"] ?? "-"
      return ServerResponse(
        status: 200, body: "\(request.method) \(request.path) \(replica) \(request.body.count)")
    }
    var failure: (any Error)?
    for _ in 0..<20 {
      let port = UInt16.random(in: 20_000...30_000)
      do { try server.start(address: "127.0.0.1", port: port) } catch {
        failure = error
        continue
      }
      defer { server.stop() }
      return try body(port)
    }
    throw failure!
  }

  private func exchange(_ port: UInt16, _ text: String) throws -> String {
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(client) }
    var endpoint = sockaddr_in()
    endpoint.sin_family = sa_family_t(AF_INET)
    endpoint.sin_port = port.bigEndian
    inet_pton(AF_INET, "127.0.0.1", &endpoint.sin_addr)
    let connected = withUnsafePointer(to: &endpoint) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(connected == 0)
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    _ = text.withCString { send(client, $0, text.utf8.count, Int32(MSG_NOSIGNAL)) }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = recv(client, &buffer, buffer.count, 0), count > 0 {
      answer += buffer[..<count]
    }
    return String(decoding: answer, as: UTF8.self)
  }
}
