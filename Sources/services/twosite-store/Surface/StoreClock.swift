import Synchronization

/// Store time, by which leases and timers run: milliseconds from the store's first command on.
///
/// It goes on with the monotonic clock of whoever leads, from the greatest time that the leader has seen applied, so
/// nothing that is done to the time of day touches it. Replicas follow what they apply, so a new leader is never ahead
/// of its predecessor, and no lease ends early. Time during which no replica runs does not count.
final class StoreClock: Sendable {
  private struct Anchor {
    /// Store time at a moment,
    var time: UInt64 = 0
    /// and the ticks then.
    var ticks: UInt64
  }

  private let anchor: Mutex<Anchor>
  private let ticks: @Sendable () -> UInt64

  /// - Parameter ticks: milliseconds of a clock that only goes forward.
  init(ticks: @escaping @Sendable () -> UInt64) {
    self.ticks = ticks
    anchor = Mutex(Anchor(ticks: ticks()))
  }

  var now: UInt64 { anchor.withLock { time(by: $0) } }

  /// Goes forward to a time that was applied.
  func observe(_ applied: UInt64) {
    anchor.withLock { anchor in
      guard applied > time(by: anchor) else { return }
      anchor = Anchor(time: applied, ticks: ticks())
    }
  }

  private func time(by anchor: Anchor) -> UInt64 {
    let ticks = ticks()
    return anchor.time &+ (ticks > anchor.ticks ? ticks - anchor.ticks : 0)
  }
}
