internal import Glibc

/// Sizes of memory.
public enum Memory {
  /// The most memory this process has had in use at once.
  public static var peakBytes: Int {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// The memory this process has in use now: the second number of proc_pid_statm(5); 0 where the kernel
  /// does not say.
  public static var residentBytes: Int {
    guard let text = try? Files.read("/proc/self/statm") else { return 0 }
    let numbers = text.split(separator: " ").prefix(2).compactMap { Int($0) }
    return numbers.count == 2 ? numbers[1] * pageBytes : 0
  }

  static let pageBytes = sysconf(Int32(_SC_PAGESIZE))
}
