import Glibc
import Synchronization

/// A server on a loopback port of its own that does to each connection what a test says.
final class StubServer: Sendable {
  enum Reply: Sendable {
    /// These bytes, then the connection is closed in good order.
    case bytes(String)
    /// These bytes, and the connection stays open for the next request.
    case keep(String)
    /// The connection is reset.
    case reset
    /// Nothing, for as long as the server lives.
    case silence

    static func ok(_ body: String, node: String = "n1") -> Reply {
      .bytes(good(body, node: node))
    }

    /// As `ok`, on a connection that stays open.
    static func kept(_ body: String) -> Reply { .keep(good(body, node: "n1")) }

    private static func good(_ body: String, node: String) -> String {
      "HTTP/1.1 200 OK\r\nX-Node: \(node)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static func status(_ status: Int) -> Reply {
      .bytes("HTTP/1.1 \(status) Said So\r\nContent-Length: 0\r\n\r\n")
    }
  }

  let port: UInt16
  private let listener: Int32
  private let seen = Mutex<[String]>([])
  private let held = Mutex<[Int32]>([])
  private let counts = Mutex((opened: 0, closed: 0))

  /// How many connections came, and how many of them the server has closed.
  var connections: (opened: Int, closed: Int) { counts.withLock { $0 } }

  var url: String { "http://\(Loopback.host(isIPv6: isIPv6)):\(port)" }
  private let isIPv6: Bool

  /// The requests that arrived, in full.
  var requests: [String] { seen.withLock { $0 } }

  /// Whether requests are those of HTTP; else whatever comes at once is one.
  private let isHTTP: Bool

  /// - Parameter reply: to the request with that number, from 0.
  init(
    isHTTP: Bool = true, isIPv6: Bool = false, _ reply: @escaping @Sendable (Int, String) -> Reply
  ) {
    self.isHTTP = isHTTP
    self.isIPv6 = isIPv6
    (listener, port) = Loopback.bind(SOCK_STREAM, isIPv6: isIPv6)
    precondition(listen(listener, 64) == 0)
    let listener = listener
    let body: @Sendable () -> Void = { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0, let self else { return }
        self.counts.withLock { $0.opened += 1 }
        while self.serve(connection, reply) {}
      }
    }
    StubThread(body).start()
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    for connection in held.withLock({ $0 }) { close(connection) }
  }

  /// A port on which nobody listens.
  static func deadPort() -> UInt16 {
    let (socket, port) = Loopback.bind(SOCK_STREAM, isIPv6: false)
    close(socket)
    return port
  }

  /// Serves one request; false when the connection is at its end.
  private func serve(_ connection: Int32, _ reply: (Int, String) -> Reply) -> Bool {
    let request = Self.read(connection, wholly: isHTTP)
    if request.isEmpty {
      end(connection)
      return false
    }
    let number = seen.withLock { all in
      all.append(request)
      return all.count - 1
    }
    switch reply(number, request) {
    case .keep(let text):
      send(text, to: connection)
      return true
    case .bytes(let text):
      send(text, to: connection)
      end(connection)
    case .reset:
      var now = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        connection, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
      end(connection)
    case .silence: held.withLock { $0.append(connection) }
    }
    return false
  }

  private func send(_ text: String, to connection: Int32) {
    let bytes = Array(text.utf8)
    _ = Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  private func end(_ connection: Int32) {
    close(connection)
    counts.withLock { $0.closed += 1 }
  }

  /// The head and as much body as it announces.
  private static func read(_ connection: Int32, wholly: Bool) -> String {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count <= 0 { return text }
      text += String(decoding: buffer[..<count], as: UTF8.self)
      guard wholly else { return text }
      guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
      let announced =
        text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        .flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
      if text[end.upperBound...].utf8.count >= announced { return text }
    }
  }
}

/// A thread without an owner; it ends when its server's socket does.
struct StubThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private let body: Body

  init(_ run: @escaping @Sendable () -> Void) { body = Body(run) }

  func start() {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(body).toOpaque()
    pthread_create(
      &thread, nil,
      { context in
        Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, context)
    pthread_detach(thread)
  }
}
