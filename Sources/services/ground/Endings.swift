import Glibc

/// The signals that ask a service to end: SIGTERM and SIGINT.
public struct Endings {
  private var signals = sigset_t()

  /// From now on they wait until somebody asks for them, in every thread that is made later; to be made first.
  /// A peer that is gone ends nothing either (SIGPIPE).
  public init() {
    signal(SIGPIPE, SIG_IGN)
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Whether one of them comes within so many milliseconds.
  public func come(within milliseconds: Int) -> Bool {
    var signals = signals
    var time = timespec(
      tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    return sigtimedwait(&signals, nil, &time) > 0
  }

  /// Returns when one of them comes.
  public func wait() {
    var (signals, ending) = (signals, Int32(0))
    sigwait(&signals, &ending)
  }
}
