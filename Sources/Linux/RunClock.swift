public import Basics

/// The run's clock: the machine's monotonic clock, counted from the run's start, with the
/// wall-clock time of that start beside it for what needs it: the stamps of a capture and the
/// names of reports. The wall clock is never read again; a fault may move it.
public struct RunClock: Hashable, Sendable {
  /// The monotonic clock's reading at the run's start, in nanoseconds.
  public let origin: Int64
  /// The wall clock's reading at the run's start, in nanoseconds since 1970.
  public let wallOrigin: Int64

  /// Starts now.
  public init() {
    origin = MonotonicClock.nanoseconds
    wallOrigin = WallClock.nanoseconds
  }

  /// The present moment, by the monotonic clock.
  public var now: Instant { instant(MonotonicClock.nanoseconds) }

  /// A reading of `MonotonicClock` as a moment of the run.
  public func instant(_ monotonic: Int64) -> Instant {
    Instant(nanoseconds: monotonic - origin)
  }

  /// Sleeps until a moment; returns at once when it is past.
  public func sleep(until moment: Instant) {
    MonotonicClock.sleep(until: origin + moment.nanoseconds)
  }
}
