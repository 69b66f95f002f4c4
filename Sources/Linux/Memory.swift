internal import Glibc

/// Sizes of memory.
public enum Memory {
  /// The most memory this process has had in use at once.
  public static var peakBytes: Int {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
