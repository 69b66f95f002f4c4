public import Glibc

/// A service's two clocks: Unix time for IDs, monotonic time for deadlines.
public enum Clock {
  /// Milliseconds of Unix time.
  @Sendable public static func unixMillis() -> UInt64 {
    let time = read(CLOCK_REALTIME)
    return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
  }

  /// Milliseconds that pass, whatever is done to the time of day.
  @Sendable public static func monotonicMillis() -> UInt64 {
    let time = read(CLOCK_MONOTONIC)
    return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
  }

  /// Sleeps for so many microseconds, less than a second.
  public static func pause(microseconds: Int) {
    var time = timespec(tv_sec: 0, tv_nsec: microseconds * 1000)
    nanosleep(&time, nil)
  }

  fileprivate static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}

/// The moment by which an answer must be there, whatever else happens.
public struct Deadline: Sendable {
  /// Nanoseconds of CLOCK_MONOTONIC.
  public let nanoseconds: Int64

  /// The moment that is `duration` from now.
  public static func after(_ duration: Duration) -> Deadline {
    let time = Clock.read(CLOCK_MONOTONIC)
    let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    let (seconds, attoseconds) = duration.components
    return Deadline(nanoseconds: now + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }

  /// The middle of what is left, for a first try that leaves time for a second.
  public var halfWay: Deadline { .after(.milliseconds(millisecondsLeft / 2)) }

  /// What is left, rounded up so that a wait never spins; 0 when it has passed.
  public var millisecondsLeft: Int32 {
    let left = nanoseconds - Deadline.after(.zero).nanoseconds
    return left <= 0 ? 0 : Int32(min((left + 999_999) / 1_000_000, 3_600_000))
  }

  /// Whether nothing is left.
  public var hasPassed: Bool { millisecondsLeft == 0 }

  /// The same moment for a C call that waits on CLOCK_MONOTONIC.
  public var timespec: timespec {
    .init(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
  }
}
