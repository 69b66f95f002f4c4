internal import Synchronization

/// How much may still be substituted while one stack is resolved: templates may loop over nodes within
/// loops over nodes, and a value may hold others, so a small file can come to any size.
final class Allowance: Sendable {
  /// Bytes of text, and what it takes to find it.
  static let whole = 128 << 20

  private let left: Mutex<Int>

  init(_ bytes: Int = Allowance.whole) { left = Mutex(bytes) }

  /// False where it is used up; then nothing more is substituted.
  func spend(_ bytes: Int) -> Bool {
    left.withLock { left in
      guard left >= bytes else {
        left = 0
        return false
      }
      left -= bytes
      return true
    }
  }

  /// What is wrong then.
  static let refusal =
    "once everything is substituted, the stack's files come to more than \(whole >> 20) MiB"
}
