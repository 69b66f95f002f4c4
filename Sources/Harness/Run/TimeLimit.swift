import Basics
import Glibc
import Linux

/// Ends a run whose time is up: first as an interruption does, so that everything is healed and what there is judged, and
/// where even that takes too long, at once.
final class TimeLimit: Sendable {
  private let isOver = StopFlag()
  private let thread: Linux.Thread

  /// How long healing, reading and judging may go on after that.
  static let grace = Duration.seconds(120)

  /// - Parameters:
  ///   - limit: from the run's start.
  ///   - act: called once that is reached.
  init(_ limit: Duration, _ clock: RunClock, _ act: @escaping @Sendable () -> Void) throws(Errno) {
    let isOver = isOver
    thread = try Linux.Thread(named: "limit") {
      let end = Instant.start.advanced(by: limit)
      guard clock.sleep(until: end, unless: isOver) else { return }
      act()
      // The kernel takes with the first process whatever the run has left.
      if clock.sleep(until: end.advanced(by: Self.grace), unless: isOver) {
        _exit(ExitCode.timedOut.rawValue)
      }
    }
  }

  /// The run has ended.
  func end() {
    isOver.raise()
    thread.join()
  }
}
