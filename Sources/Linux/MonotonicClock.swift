internal import Glibc

/// The machine's monotonic clock: the one that no fault of ours moves.
public enum MonotonicClock {
  /// Nanoseconds since the machine started.
  public static var nanoseconds: Int64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Sleeps until that moment of the clock.
  public static func sleep(until deadline: Int64) {
    var time = timespec(
      tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
    while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }

  /// Sleeps for that long.
  public static func sleep(nanoseconds: Int64) { sleep(until: Self.nanoseconds + nanoseconds) }
}
