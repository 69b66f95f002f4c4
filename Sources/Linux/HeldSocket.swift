internal import Basics
internal import CLinux
internal import Glibc

/// A TCP socket that nobody speaks on, kept for the place that it takes; closed with its last reference.
public final class HeldSocket: Sendable {
  private let descriptor: Descriptor
  /// Its end in the network of the thread that made it.
  public let local: SocketTable.End

  /// Begins a connection, in the network of the calling thread, and does not wait for it.
  ///
  /// - Throws: where it could not even begin; `EADDRNOTAVAIL` where no local port is free.
  public convenience init(connectingTo end: SocketTable.End) throws(Errno) {
    let attempt = "connect to \(end.address):\(end.port)"
    let socket = try Self.open(attempt)
    let code = unsafe Self.withAddress(of: end) { address, size in
      unsafe Glibc.connect(socket.raw, address, size) == 0 ? 0 : cl_errno()
    }
    guard code == 0 || code == EINPROGRESS else { throw Errno(code, attempt) }
    try self.init(socket)
  }

  /// Takes a port on every address of the calling thread's network, without listening.
  public convenience init(takingPort port: UInt16) throws(Errno) {
    let attempt = "take port \(port)"
    let socket = try Self.open(attempt)
    let code = unsafe Self.withAddress(of: .init(IPv4(bits: 0), port)) { address, size in
      unsafe Glibc.bind(socket.raw, address, size) == 0 ? 0 : cl_errno()
    }
    guard code == 0 else { throw Errno(code, attempt) }
    try self.init(socket)
  }

  private init(_ socket: consuming Descriptor) throws(Errno) {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(socket.raw, $0, &size)
      }
    }
    guard result == 0 else { throw Errno.last("ask for a socket's own end") }
    local = .init(
      IPv4(bits: UInt32(bigEndian: address.sin_addr.s_addr)), UInt16(bigEndian: address.sin_port))
    descriptor = socket
  }

  /// Whether its other end closed it, or it never came about.
  public var isBroken: Bool {
    var entry = pollfd(fd: descriptor.raw, events: Self.otherEndClosed, revents: 0)
    return unsafe poll(&entry, 1, 0) > 0
  }

  /// Whether a connection that begins in the network of the calling thread gets a local port.
  public static func findsPort() throws(Errno) -> Bool {
    do throws(Errno) {
      _ = try HeldSocket(connectingTo: .init(IPv4(bits: 0x7f00_0001), 1))
      return true
    } catch {
      switch error.code {
      case EADDRNOTAVAIL: return false
      // Refused at once, and so from a port.
      case ECONNREFUSED: return true
      default: throw error
      }
    }
  }

  /// `POLLRDHUP`, poll(2): Swift does not see it.
  private static let otherEndClosed: Int16 = 0x2000

  private static func open(_ attempt: String) throws(Errno) -> Descriptor {
    let kind =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    return Descriptor(owning: try Errno.retrying(attempt) { socket(AF_INET, kind, 0) })
  }

  private static func withAddress(
    of end: SocketTable.End, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = end.port.bigEndian
    address.sin_addr.s_addr = end.address.bits.bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
    }
  }
}
