public import Basics
internal import Glibc

/// The clock of one run: monotonic, counted from the run's start, with the wall-clock time of that
/// start beside it for the one thing that needs it, the stamps of a capture.
public struct RunClock: Hashable, Sendable {
  /// CLOCK_MONOTONIC at the run's start, in nanoseconds.
  public let originNanoseconds: Int64
  /// CLOCK_REALTIME at the run's start, in nanoseconds since 1970. Never read again: a fault may
  /// move the wall clock, and a capture must not jump.
  public let wallNanoseconds: Int64

  /// A clock whose run starts now.
  public init() {
    self.init(
      originNanoseconds: Self.read(CLOCK_MONOTONIC), wallNanoseconds: Self.read(CLOCK_REALTIME))
  }

  /// A clock that shares its origin with another one in the harness.
  public init(originNanoseconds: Int64, wallNanoseconds: Int64) {
    self.originNanoseconds = originNanoseconds
    self.wallNanoseconds = wallNanoseconds
  }

  public func now() -> Instant {
    Instant(nanoseconds: Self.read(CLOCK_MONOTONIC) - originNanoseconds)
  }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
