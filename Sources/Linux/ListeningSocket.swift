internal import Basics
internal import CLinux
internal import Glibc

/// A TCP socket that listens; closed with its last reference. Another program may inherit it.
public final class ListeningSocket: Sendable {
  private let descriptor: Descriptor
  /// Where it listens; the port is the one it got where a free one was asked for.
  public let end: SocketTable.End

  /// Listens in the network of the calling thread.
  ///
  /// - Parameter end: port 0 takes a free one.
  /// - Throws: `EADDRINUSE` where the port is taken, `EADDRNOTAVAIL` where the address is not one of this machine.
  public init(at end: SocketTable.End) throws(Errno) {
    let attempt = "listen at \(end)"
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let family = end.address.family
    let socket = Descriptor(
      owning: try Errno.retrying(attempt) { Glibc.socket(family.kernelNumber, kind, 0) })
    var yes: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    try Errno.retrying(attempt) {
      unsafe setsockopt(socket.raw, SOL_SOCKET, SO_REUSEADDR, &yes, size)
    }
    if family == .v6 {
      try Errno.retrying(attempt) {
        unsafe setsockopt(socket.raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size)
      }
    }
    try Errno.retrying(attempt) {
      unsafe end.withSocketAddress { unsafe bind(socket.raw, $0, $1) }
    }
    try Errno.retrying(attempt) { listen(socket.raw, Self.backlog) }
    self.end = try .own(of: socket)
    descriptor = socket
  }

  /// Takes over what the program that started this one listens with, and keeps it from those that this one
  /// starts.
  ///
  /// - Throws: where the number is not that of a listening socket.
  public init(inheriting number: Int32) throws(Errno) {
    let attempt = "inherit descriptor \(number)"
    var listens: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    // Before it is owned: what is no socket is not ours to close.
    try Errno.retrying(attempt) {
      unsafe getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size)
    }
    guard listens == 1 else { throw Errno(EINVAL, attempt) }
    let socket = Descriptor(owning: number)
    try Errno.check(cl_set_close_on_exec(number), attempt)
    end = try .own(of: socket)
    descriptor = socket
  }

  /// The descriptor's number; valid while this lives.
  public var number: Int32 { descriptor.raw }

  /// A second descriptor of the same socket, for who closes it on their own.
  public func duplicate() throws(Errno) -> Descriptor { try descriptor.duplicate() }

  /// How many connections may wait to be taken.
  private static let backlog: Int32 = 64
}
