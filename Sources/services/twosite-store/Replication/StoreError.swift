import Glibc

/// Why a store does not start or cannot go on.
enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What it was told cannot be; a sentence.
  case settings(String)
  /// The machine said no: what was attempted, and `errno`.
  case system(String, Int32)
  /// A file does not hold what was written to it: the file, the offset in it and a sentence.
  case damaged(file: String, offset: Int, String)

  var description: String {
    switch self {
    case .settings(let sentence): sentence
    case .system(let attempt, let number): "cannot \(attempt): \(String(cString: strerror(number)))"
    case .damaged(let file, let offset, let sentence): "\(file), byte \(offset): \(sentence)"
    }
  }
}
