public import Basics
import Linux

/// The run's clock: the machine's monotonic clock, counted from the run's start.
public struct RunClock: Hashable, Sendable {
  /// The monotonic clock's reading at the run's start, in nanoseconds.
  public let origin: Int64

  /// Starts now.
  public init() { origin = Monotonic.nanoseconds }

  public var now: Instant { Instant(nanoseconds: Monotonic.nanoseconds - origin) }

  /// How long a sleep may last before the flag is looked at again.
  private static let patience = Duration.milliseconds(50)

  /// Sleeps until a moment; false when the flag was raised before or meanwhile.
  public func sleep(until moment: Instant, unless stop: StopFlag) -> Bool {
    while !stop.isRaised {
      let now = now
      if now >= moment { return true }
      let step = min(moment, now.advanced(by: Self.patience))
      Monotonic.sleep(until: origin + step.nanoseconds)
    }
    return false
  }
}
