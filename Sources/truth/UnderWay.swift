import Glibc
import Linux
import Synchronization

/// The programs that are running, so that they end with this one, whoever ends it.
final class UnderWay: Sendable {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  private let processes = Mutex<Set<pid_t>>([])
  private let stop = StopFlag()

  /// Call it before any thread is made: from then on the signals that end a program wait for `watch`.
  init() { Signals.block(Self.signals) }

  /// Whether this program was told to end: nothing more is begun.
  var isOver: Bool { stop.isRaised }

  /// Passes an ending on to all that runs, and to all that begins afterwards.
  func watch() throws {
    _ = try Linux.Thread(named: "endings") { [self] in
      while true {
        _ = Signals.wait(for: Self.signals)
        stop.raise()
        for process in processes.withLock({ $0 }) { kill(process, SIGINT) }
      }
    }
  }

  func began(_ process: pid_t) {
    processes.withLock { _ = $0.insert(process) }
    if isOver { kill(process, SIGINT) }
  }

  func ended(_ process: pid_t) { processes.withLock { _ = $0.remove(process) } }
}
