internal import Basics
internal import Linux

/// How long something may still take: the time that an operation has, connecting included.
struct RemainingTime {
  /// On `MonotonicClock`.
  private let end: Int64

  init(after timeout: Duration) { end = MonotonicClock.nanoseconds + timeout.nanoseconds }

  /// What is left in whole milliseconds, rounded up: 0 means that it is over.
  var milliseconds: Int {
    Int((max(0, end - MonotonicClock.nanoseconds) + 999_999) / 1_000_000)
  }

  /// Waits until a descriptor can be read or written; false when the time is over first.
  func wait(for descriptor: Int32, toWrite: Bool = false) -> Bool {
    do throws(Errno) {
      return try Poll.wait([descriptor], for: toWrite ? .writable : .readable, until: end)[0]
    } catch { return false }
  }
}
