internal import Linux
internal import Synchronization

/// A thread that does something again and again until it is ended.
final class Recurrence: Sendable {
  private let stop = StopFlag()
  private let thread = Mutex<Linux.Thread?>(nil)

  /// - Parameter every: nanoseconds from the end of one act to the beginning of the next; short, for it
  ///   is slept through.
  init(named name: String, every: Int64, _ act: @escaping @Sendable () -> Void) throws(NodesError) {
    let started = try system { [stop] () throws(Errno) in
      try Thread(named: name) {
        while !stop.isRaised {
          act()
          MonotonicClock.sleep(nanoseconds: every)
        }
      }
    }
    thread.withLock { $0 = started }
  }

  deinit { stop.raise() }

  /// Waits for the end of the act that is under way. A second call returns at once.
  func end() {
    stop.raise()
    thread.withLock { $0.take() }?.join()
  }
}
