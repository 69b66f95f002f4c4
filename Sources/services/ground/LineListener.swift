import Glibc
import Synchronization

/// Takes connections, a thread for each, up to a limit.
public final class LineListener: Sendable {
  private let descriptor: Int32
  private let limit: Int
  private let open = Atomic(0)

  /// Listens on an IPv4 address.
  ///
  /// - Throws: the system's reason when it cannot.
  public init(address: String, port: UInt16, limit: Int = 512) throws(ConfigurationError) {
    self.limit = limit
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var endpoint = sockaddr_in()
    endpoint.sin_family = sa_family_t(AF_INET)
    endpoint.sin_port = port.bigEndian
    guard inet_pton(AF_INET, address, &endpoint.sin_addr) == 1 else {
      throw .init("'\(address)' is not an IPv4 address")
    }
    var on: Int32 = 1
    setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    let isBound = withUnsafePointer(to: &endpoint) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isBound, listen(descriptor, 128) == 0 else {
      let reason = LineConnection.reason(errno)
      close(descriptor)
      throw .init("cannot listen on \(address):\(port): \(reason)")
    }
  }

  deinit { close(descriptor) }

  /// The port, where the system was asked to choose one.
  public var port: UInt16 {
    var endpoint = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &endpoint) {
      _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &size)
      }
    }
    return UInt16(bigEndian: endpoint.sin_port)
  }

  /// Serves each connection on a thread of its own, until `stop`.
  public func start(_ serve: @escaping @Sendable (LineConnection) -> Void) {
    Background.run { [self] in
      while true {
        let taken = accept(descriptor, nil, nil)
        if taken < 0 {
          guard errno != EINVAL, errno != EBADF else { return }
          // No descriptor is left, or the client has gone.
          Clock.pause(microseconds: 1000)
          continue
        }
        guard open.add(1, ordering: .relaxed).newValue <= limit else {
          open.subtract(1, ordering: .relaxed)
          close(taken)
          continue
        }
        Background.run { [self] in
          serve(LineConnection(taking: taken))
          open.subtract(1, ordering: .relaxed)
        }
      }
    }
  }

  /// Takes no more connections.
  public func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
