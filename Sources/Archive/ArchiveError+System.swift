internal import Glibc

extension ArchiveError {
  /// The system's own words for an error number.
  static func text(_ errno: Int32) -> String {
    unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
  }
}
