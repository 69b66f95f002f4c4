/// How a capture in several files is bounded.
public enum CaptureLimits {
  /// The least that a file may be bounded to: what is written at once must fit. 2 MiB.
  public static let leastFileBytes = 2 << 20
  /// How large a file grows unless the experiment says otherwise: 128 MiB, so that a capture takes 1 GiB at most.
  public static let usualFileBytes = 128 << 20
  /// How many files are kept unless the experiment says otherwise.
  public static let usualFiles = 8
  /// How many may be kept.
  public static let files: ClosedRange<Int64> = 1...10_000
}
