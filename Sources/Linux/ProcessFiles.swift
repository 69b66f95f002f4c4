internal import CLinux
internal import Glibc

/// The open files of other processes, and the limit on them.
public enum ProcessFiles {
  /// The numbers of its open files, in order: `/proc/PID/fd`.
  public static func open(by pid: Int32) throws(Errno) -> [Int] {
    try Files.list("/proc/\(pid)/fd").compactMap { Int($0) }.sorted()
  }

  /// The least number that is not open: what the next file it opens would get.
  public static func next(after open: [Int]) -> Int {
    var next = 0
    for number in open {
      if number > next { break }
      if number == next { next += 1 }
    }
    return next
  }

  /// The soft limit, `RLIMIT_NOFILE`: one more than the highest number it may get.
  public static func limit(of pid: Int32) throws(Errno) -> Int {
    var limit: UInt64 = 0
    unsafe try Errno.check(cl_file_limit(pid, &limit), "ask for the limit of process \(pid)")
    return Int(clamping: limit)
  }

  /// Sets the soft limit, up to the hard one, which stays.
  public static func setLimit(_ limit: Int, of pid: Int32) throws(Errno) {
    try Errno.check(
      cl_set_file_limit(pid, UInt64(clamping: limit)), "set the limit of process \(pid)")
  }

  /// The soft limit as `/proc/PID/limits` shows it (proc_pid_limits(5)); nil where it shows none.
  public static func shownLimit(of pid: Int32) throws(Errno) -> Int? {
    let text = try Files.read("/proc/\(pid)/limits")
    let line = text.split(separator: "\n").first { $0.hasPrefix("Max open files") }
    let words = line?.dropFirst("Max open files".count).split(separator: " ") ?? []
    return words.first.flatMap { $0 == "unlimited" ? Int.max : Int($0) }
  }
}
