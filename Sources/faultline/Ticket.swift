import Glibc

/// What the process outside tells the one inside beyond the arguments both have: which of the
/// files, and the seed that was drawn.
enum Ticket {
  private static let variable = "FAULTLINE_TICKET"

  static func give(_ index: Int, seed: UInt64) { setenv(variable, "\(index) \(seed)", 1) }

  /// The index; nil in the process outside.
  static func taken() -> Int? { parts?.index }

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

  private static var parts: (index: Int, seed: UInt64)? {
    guard getpid() == 1, let text = getenv(variable) else { return nil }
    let words = String(cString: text).split(separator: " ")
    guard words.count == 2, let index = Int(words[0]), let seed = UInt64(words[1]) else {
      return nil
    }
    return (index, seed)
  }
}
