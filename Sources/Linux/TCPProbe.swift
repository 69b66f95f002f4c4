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
    let socket = try StreamSocket.open(end.address.family, attempt)
    let code = StreamSocket.begin(socket, to: end)
    if code == 0 { return }
    guard code == EINPROGRESS else { throw Errno(code, attempt) }
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
    let code = StreamSocket.outcome(socket)
    if code != 0 { throw Errno(code, attempt) }
  }
}
