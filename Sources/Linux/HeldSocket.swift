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
    let attempt = "connect to \(end)"
    let socket = try StreamSocket.open(end.address.family, attempt)
    let code = StreamSocket.begin(socket, to: end)
    guard code == 0 || code == EINPROGRESS else { throw Errno(code, attempt) }
    try self.init(socket)
  }

  /// Takes a port on every address of the calling thread's network, without listening. A connection over
  /// IPv6 begins at none that is taken here either: what is bound is kept by port, of both families.
  public convenience init(takingPort port: UInt16) throws(Errno) {
    let attempt = "take port \(port)"
    let socket = try StreamSocket.open(.v4, attempt)
    let everywhere = SocketTable.End(IPAddress(.v4, bits: 0), port)
    let code = unsafe everywhere.withSocketAddress { address, size in
      unsafe Glibc.bind(socket.raw, address, size) == 0 ? 0 : cl_errno()
    }
    guard code == 0 else { throw Errno(code, attempt) }
    try self.init(socket)
  }

  private init(_ socket: consuming Descriptor) throws(Errno) {
    local = try .own(of: socket)
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
      _ = try HeldSocket(connectingTo: .init(IPAddress(.v4, bits: 0x7f00_0001), 1))
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
}
