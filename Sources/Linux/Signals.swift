internal import Glibc

/// Signals as values that a thread waits for, instead of handlers that interrupt.
public enum Signals {
  /// Blocks the signals on this thread, and so on every thread it starts from now on. Call it
  /// first thing in a program: a thread that existed before keeps its own mask.
  public static func block(_ signals: [Int32]) {
    var set = self.set(signals)
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for one of the signals, which every thread must have blocked.
  public static func wait(for signals: [Int32]) -> Int32 {
    var set = self.set(signals)
    while true {
      let number = unsafe sigwaitinfo(&set, nil)
      if number > 0 { return number }
    }
  }

  /// Waits at most that long; nil when none came.
  public static func wait(for signals: [Int32], nanoseconds: Int64) -> Int32? {
    var set = self.set(signals)
    var time = timespec(
      tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    let number = unsafe sigtimedwait(&set, nil, &time)
    return number > 0 ? number : nil
  }

  /// Ignores a signal process-wide: a broken pipe then is an error of the write.
  public static func ignore(_ signal: Int32) { _ = Glibc.signal(signal, SIG_IGN) }

  private static func set(_ signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    return set
  }
}
