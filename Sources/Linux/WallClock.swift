import Glibc

/// The machine's wall clock, for names and stamps only: nothing is measured by it.
public enum WallClock {
  /// Nanoseconds since 1970.
  public static var nanoseconds: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Universal time as ISO 8601 with seconds: `2026-01-31T08:15:00Z`.
  public static func text(_ nanoseconds: Int64) -> String {
    var seconds = time_t(nanoseconds / 1_000_000_000)
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
    return unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }

  /// The time of day in universal time, with microseconds: `08:15:00.250000`.
  public static func timeText(_ nanoseconds: Int64) -> String {
    let parts = String(1_000_000 + nanoseconds / 1000 % 1_000_000).dropFirst()
    return text(nanoseconds).dropFirst(11).dropLast() + "." + parts
  }
}
