internal import Basics
internal import CLinux
internal import Glibc

/// Whether something accepts connections.
public enum TCPProbe {
  /// Connects and hangs up, in the network of the calling thread.
  ///
  /// - Throws: why nothing accepted within the time.
  public static func connect(to end: SocketTable.End, within limit: Duration) throws(Errno) {
    let attempt = "connect to \(end)"
    let kind =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
      | Int32(SOCK_CLOEXEC.rawValue)
    let socket = Descriptor(
      owning: try Errno.retrying(attempt) {
        Glibc.socket(end.address.family.kernelNumber, kind, 0)
      })
    let result = unsafe end.withSocketAddress { unsafe Glibc.connect(socket.raw, $0, $1) }
    if result == 0 { return }
    guard cl_errno() == EINPROGRESS else { throw Errno.last(attempt) }
    try finish(socket, within: limit, attempt)
  }

  private static func finish(
    _ socket: borrowing Descriptor, within limit: Duration, _ attempt: String
  ) throws(Errno) {
    var poll = pollfd(fd: socket.raw, events: Int16(POLLOUT), revents: 0)
    let ready = try Errno.retrying(attempt) {
      unsafe Glibc.poll(&poll, 1, Int32(limit.milliseconds))
    }
    guard ready > 0 else { throw Errno(ETIMEDOUT, attempt) }
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(socket.raw, SOL_SOCKET, SO_ERROR, &code, &size)
    if code != 0 { throw Errno(code, attempt) }
  }
}
