internal import Basics

/// A capture in several files of a bounded size, of which the newest are kept.
public struct CaptureRing: Hashable, Sendable {
  /// No file grows beyond this.
  public let fileBytes: Int
  /// How many files are kept, the one that is being written included.
  public let files: Int

  /// The caller promises files of at least `CaptureLimits.leastFileBytes`, and at least one of them.
  public init(fileBytes: Int, files: Int) {
    precondition(fileBytes >= CaptureLimits.leastFileBytes && files >= 1)
    self.fileBytes = fileBytes
    self.files = files
  }

  /// The name of the n-th file, counted from 1: `capture.pcapng`, then `capture-00002.pcapng`.
  public static func path(_ path: String, file number: Int) -> String {
    if number == 1 { return path }
    let digits = String(number)
    let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else {
      return "\(path)-\(padded)"
    }
    return "\(path[..<dot])-\(padded)\(path[dot...])"
  }
}
