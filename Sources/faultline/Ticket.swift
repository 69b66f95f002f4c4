import Basics
import Glibc

/// What the process outside tells the one inside beyond the arguments both have: which of the
/// files, the seed that was drawn, and how long it may take.
enum Ticket {
  private static let variable = "FAULTLINE_TICKET"

  static func give(_ index: Int, seed: UInt64, limit: Duration? = nil) {
    let end = limit.map { " \($0.nanoseconds)" } ?? ""
    setenv(variable, "\(index) \(seed)\(end)", 1)
  }

  /// The index; nil in the process outside.
  static func taken() -> Int? { parts?.index }

  /// How long the run may take; nil: however long.
  static var limit: Duration? { parts?.limit }

  /// The seed that was handed over, or a new one.
  static func seed() -> UInt64 {
    if let parts { return parts.seed }
    if let drawn { return drawn }
    let fresh = UInt64.random(in: 0..<1_000_000_000)
    drawn = fresh
    return fresh
  }

  /// One seed serves all files of a command.
  nonisolated(unsafe) private static var drawn: UInt64?

  private static var parts: (index: Int, seed: UInt64, limit: Duration?)? {
    guard getpid() == 1, let text = getenv(variable) else { return nil }
    let words = String(cString: text).split(separator: " ")
    guard (2...3).contains(words.count), let index = Int(words[0]), let seed = UInt64(words[1])
    else {
      return nil
    }
    let limit = words.count == 3 ? Int64(words[2]).map { Duration.nanoseconds($0) } : nil
    return (index, seed, limit)
  }
}
