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

  /// Returns when one of them comes.
  public func wait() {
    var (signals, ending) = (signals, Int32(0))
    sigwait(&signals, &ending)
  }
}
