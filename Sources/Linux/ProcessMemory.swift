internal import Glibc

/// What processes have in memory, by the kernel's own files.
public enum ProcessMemory {
  /// Pages it has resident, those that it shares included, in bytes: proc_pid_statm(5); 0 when it is gone.
  public static func residentBytes(of pid: Int32) -> Int {
    guard let text = try? Files.read("/proc/\(pid)/statm") else { return 0 }
    let numbers = text.split(separator: " ").prefix(2).compactMap { Int($0) }
    return numbers.count == 2 ? numbers[1] * Memory.pageBytes : 0
  }

  /// The same with each shared page divided by those who share it, `Pss` of `/proc/PID/smaps_rollup`; nil
  /// where the kernel does not say.
  public static func proportionalBytes(of pid: Int32) -> Int? {
    guard let text = try? Files.read("/proc/\(pid)/smaps_rollup"),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Pss:") }),
      let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    return kilobytes * 1024
  }

  /// How readily the kernel would kill it when memory is short (proc_pid_oom_score(5)); nil for one that it
  /// would never, and for one that is gone.
  public static func killScore(of pid: Int32) -> Int? {
    guard let score = number("/proc/\(pid)/oom_score"),
      let adjustment = number("/proc/\(pid)/oom_score_adj"), adjustment > neverKilled
    else { return nil }
    return score
  }

  /// `OOM_SCORE_ADJ_MIN`.
  private static let neverKilled = -1000

  private static func number(_ path: String) -> Int? {
    guard let text = try? Files.read(path) else { return nil }
    return Int(text.prefix { !$0.isWhitespace })
  }
}
