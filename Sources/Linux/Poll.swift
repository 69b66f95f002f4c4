internal import CLinux
internal import Glibc

/// Waiting on several descriptors at once.
public enum Poll {
  /// What to wait for.
  public enum Interest: Sendable {
    case readable, writable, either

    var events: Int16 {
      switch self {
      case .readable: Int16(POLLIN)
      case .writable: Int16(POLLOUT)
      case .either: Int16(POLLIN | POLLOUT)
      }
    }
  }

  /// Which of the descriptors are ready (or closed by the other end, or broken). None is when the
  /// deadline, a moment of `MonotonicClock`, passed first; nil waits forever.
  public static func wait(
    _ descriptors: [Int32], for interest: Interest = .readable, until deadline: Int64? = nil
  ) throws(Errno) -> [Bool] {
    var entries = descriptors.map { pollfd(fd: $0, events: interest.events, revents: 0) }
    while true {
      let count = unsafe poll(&entries, nfds_t(entries.count), timeout(deadline))
      if count > 0 { return entries.map { $0.revents != 0 } }
      if count == 0, let deadline, MonotonicClock.nanoseconds >= deadline {
        return entries.map { _ in false }
      }
      if count < 0 {
        let error = Errno.last("wait for descriptors")
        if error.code != EINTR { throw error }
      }
    }
  }

  /// How many bytes can be read from a descriptor at once.
  public static func waitingBytes(_ descriptor: Int32) -> Int {
    Int(max(0, cl_waiting(descriptor)))
  }

  /// Milliseconds, rounded up: a wait must not end before its deadline. A far one is waited for in
  /// pieces.
  private static func timeout(_ deadline: Int64?) -> Int32 {
    guard let deadline else { return -1 }
    let left = deadline - MonotonicClock.nanoseconds
    return left <= 0 ? 0 : Int32(min((left + 999_999) / 1_000_000, 1_000_000))
  }
}
