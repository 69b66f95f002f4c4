internal import Basics
internal import Glibc
internal import Linux

/// How long something may still take: the time that an operation has, connecting included.
struct RemainingTime {
  private let end: ContinuousClock.Instant

  init(after timeout: Duration) { end = ContinuousClock.now.advanced(by: timeout) }

  /// What is left, never less than nothing.
  var left: Duration { max(.zero, ContinuousClock.now.duration(to: end)) }

  /// The same in whole milliseconds, rounded up: 0 means that it is over.
  var milliseconds: Int { Int(left.milliseconds.rounded(.up)) }

  /// Waits until a descriptor can be read or written; false when the time is over first.
  func wait(for descriptor: Int32, toWrite: Bool = false) -> Bool {
    while true {
      let milliseconds = milliseconds
      var poll = pollfd(fd: descriptor, events: Int16(toWrite ? POLLOUT : POLLIN), revents: 0)
      let ready = unsafe Glibc.poll(&poll, 1, Int32(clamping: milliseconds))
      if ready > 0 { return true }
      if milliseconds == 0 { return false }
    }
  }
}
