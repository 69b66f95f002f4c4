internal import Basics
internal import CLinux
internal import Glibc

/// One try to make a TCP connection, which nobody waits for; it is given up with its last reference, and what was made
/// ends with a reset, so that nothing of it lingers.
public final class ReachTry: Sendable {
  /// What became of it.
  public enum Outcome: Hashable, Sendable {
    /// The connection stands.
    case made
    /// Somebody said no: a reset, or an error of ICMP.
    case refused
    /// It could not even be tried: no way leads there, or no port of its own is free.
    case impossible
    /// Nobody has answered yet.
    case open
  }

  private let descriptor: Descriptor
  private let beginning: Outcome

  /// Begins a connection in the network of the calling thread.
  ///
  /// - Throws: where there is no socket to be had.
  public init(to end: SocketTable.End) throws(Errno) {
    let socket = try StreamSocket.open(end.address.family, "connect to \(end)")
    var now = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(
      socket.raw, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    beginning = Self.outcome(StreamSocket.begin(socket, to: end), isFirst: true)
    descriptor = socket
  }

  /// What has become of it by now.
  public var outcome: Outcome {
    guard beginning == .open else { return beginning }
    var entry = pollfd(fd: descriptor.raw, events: Int16(POLLOUT), revents: 0)
    guard unsafe poll(&entry, 1, 0) > 0 else { return .open }
    return Self.outcome(StreamSocket.outcome(descriptor), isFirst: false)
  }

  private static func outcome(_ code: Int32, isFirst: Bool) -> Outcome {
    switch code {
    case 0: .made
    case EINPROGRESS, EINTR: .open
    case ETIMEDOUT: .open
    case ENETUNREACH where isFirst, EADDRNOTAVAIL, ENETDOWN, EAGAIN: .impossible
    default: .refused
    }
  }

  /// Waits until something became of one of them, or a moment of `MonotonicClock` passed.
  public static func wait(for tries: [ReachTry], until deadline: Int64) throws(Errno) {
    _ = try Poll.wait(tries.map { $0.descriptor.raw }, for: .writable, until: deadline)
  }
}
