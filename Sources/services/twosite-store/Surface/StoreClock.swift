import Synchronization

/// Store time, by which leases and timers run: milliseconds from the store's first command on.
///
/// It goes on with the monotonic clock of whoever leads, from the greatest time that the leader has seen applied, so
/// nothing that is done to the time of day touches it. The others go on from what they see applied, however long they
/// have been running, so a new leader is never ahead of its predecessor, and no lease ends early. Time during which no replica runs does not count. Where even the
/// monotonic clock is set back, as in a machine that is moved, store time goes on from where it stood.
final class StoreClock: Sendable {
  private struct Moment {
    var time: UInt64 = 0
    /// When it was looked at last.
    var ticks: UInt64
    /// The greatest time that was seen applied.
    var applied: UInt64 = 0
  }

  private let moment: Mutex<Moment>
  private let ticks: @Sendable () -> UInt64

  /// - Parameter ticks: milliseconds of a clock that only goes forward.
  init(ticks: @escaping @Sendable () -> UInt64) {
    self.ticks = ticks
    moment = Mutex(Moment(ticks: ticks()))
  }

  var now: UInt64 { moment.withLock { pass(&$0) } }

  /// Goes forward to a time that was applied, where this replica leads.
  func lead(from applied: UInt64) {
    moment.withLock { moment in
      moment.time = max(pass(&moment), applied)
      moment.applied = max(moment.applied, applied)
    }
  }

  /// Goes on from a time that was applied since the last look, where another leads: that one's clock was there when
  /// it gave the command.
  func follow(_ applied: UInt64) {
    moment.withLock { moment in
      _ = pass(&moment)
      guard applied > moment.applied else { return }
      (moment.time, moment.applied) = (applied, applied)
    }
  }

  /// Adds what has gone by since the last look, and nothing where the clock went back.
  private func pass(_ moment: inout Moment) -> UInt64 {
    let ticks = ticks()
    moment.time &+= ticks - min(ticks, moment.ticks)
    moment.ticks = ticks
    return moment.time
  }
}
