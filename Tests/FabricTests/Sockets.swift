// Whoever declares `timeval` first is said to own it, and here libpcap's header is read first.
import CPcap
import Glibc

/// A UDP or TCP socket of a place; made and used on that place's thread.
struct Socket: Sendable {
  let descriptor: Int32

  static func udp(any: String = "0.0.0.0", port: UInt16 = 0) -> Socket {
    let socket = Socket(descriptor: Glibc.socket(family(of: any), kind(SOCK_DGRAM), 0))
    socket.setTimeout(seconds: 3)
    if port != 0 { socket.bind(any, port) }
    return socket
  }

  /// `any` is the address of all interfaces, of either family.
  static func listener(any: String, port: UInt16) -> Socket {
    let socket = Socket(descriptor: Glibc.socket(family(of: any), kind(SOCK_STREAM), 0))
    socket.setTimeout(seconds: 10)
    socket.bind(any, port)
    Glibc.listen(socket.descriptor, 8)
    return socket
  }

  static func connect(to host: String, _ port: UInt16) -> Socket? {
    let socket = Socket(descriptor: Glibc.socket(family(of: host), kind(SOCK_STREAM), 0))
    socket.setTimeout(seconds: 10)
    let result = withAddress(host, port) { Glibc.connect(socket.descriptor, $0, $1) }
    if result == 0 { return socket }
    socket.close()
    return nil
  }

  func accept() -> Socket? {
    let connection = Glibc.accept(descriptor, nil, nil)
    return connection < 0 ? nil : Socket(descriptor: connection)
  }

  @discardableResult
  func send(_ bytes: [UInt8], to host: String, _ port: UInt16) -> Bool {
    Self.withAddress(host, port) {
      sendto(descriptor, bytes, bytes.count, 0, $0, $1) == bytes.count
    }
  }

  /// The next datagram, nil when none comes in time.
  func receive() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return count < 0 ? nil : Array(bytes[..<count])
  }

  /// A datagram that has arrived, nil when none has.
  func receiveNow() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    return count < 0 ? nil : Array(bytes[..<count])
  }

  func close() { Glibc.close(descriptor) }

  private static func family(of host: String) -> Int32 { host.contains(":") ? AF_INET6 : AF_INET }

  /// Children of other tests must not keep our ports open.
  private static func kind(_ type: __socket_type) -> Int32 {
    Int32(type.rawValue | SOCK_CLOEXEC.rawValue)
  }

  private func setTimeout(seconds: Int) {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  private func bind(_ host: String, _ port: UInt16) {
    var isReused: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, 4)
    let result = Self.withAddress(host, port) { Glibc.bind(descriptor, $0, $1) }
    precondition(result == 0)
  }

  private static func withAddress<Answer>(
    _ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Answer
  ) -> Answer {
    guard !host.contains(":") else { return withAddressV6(host, port, body) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private static func withAddressV6<Answer>(
    _ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Answer
  ) -> Answer {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    inet_pton(AF_INET6, host, &address.sin6_addr)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
      }
    }
  }
}
