import Basics

/// One command of the program: a file under `Verbs`.
protocol Verb: Sendable {
  static var name: String { get }
  /// One line for the overview.
  static var summary: String { get }
  /// What follows the verb, as the help shows it.
  static var usage: String { get }
  static var options: [Option] { get }
  /// More for its own help page: examples, what to expect.
  static var notes: String { get }

  static func run(_ arguments: Arguments) throws -> ExitCode

  /// Called where the command line is wrong, before that is said.
  ///
  /// - Parameter words: all after the verb, as they were given.
  static func refused(_ words: [String], because error: UsageError)
}

extension Verb {
  static var notes: String { "" }

  static func refused(_ words: [String], because error: UsageError) {}

  static var help: String {
    let all = options + [.help]
    let heads = all.map { option in
      "--\(option.name)"
        + ((option.value ?? option.shownWord.map { "[\($0)]" }).map { " " + $0 } ?? "")
    }
    let width = heads.map(\.count).max() ?? 0
    let lines = zip(heads, all).map { head, option in
      "  " + head + String(repeating: " ", count: width - head.count) + "  " + option.summary
    }
    return [
      "\(summary)", "", "Usage: faultline \(usage.isEmpty ? name : "\(name) \(usage)")", "",
      "Options:",
    ]
    .appending(lines)
    .appending(notes.isEmpty ? [] : ["", notes])
    .joined(separator: "\n")
  }
}

extension Array {
  func appending(_ more: [Element]) -> [Element] { self + more }
}
