internal import Basics

/// One thing that is wrong with what the user wrote, or with the machine it is to run on.
public struct Problem: Error, Hashable, Sendable {
  /// Whether the file is to blame, or the machine.
  public enum Cause: Hashable, Sendable {
    /// The data is wrong; editing the file at the mark helps.
    case data
    /// The data is right, but these Debian packages are missing on this machine.
    case missing(packages: [String])
  }

  /// Where it is wrong.
  public let mark: Mark
  /// One sentence the user can act on, without a final full stop.
  public let message: String
  /// What would help: editing the file, or installing packages.
  public let cause: Cause

  /// The data is to blame, unless told otherwise.
  public init(_ mark: Mark, _ message: String, cause: Cause = .data) {
    self.mark = mark
    self.message = message
    self.cause = cause
  }

  /// What `faultline explain` has a page on.
  private static let explained: Set = ["fault", "action", "invariant"]

  /// `unknown <what> '<word>'`, with the nearest known word where one is near enough.
  public static func unknown(
    _ what: String, _ word: String, among known: [String], at mark: Mark
  ) -> Problem {
    if let near = Suggestion.nearest(to: word, among: known) {
      return Problem(mark, "unknown \(what) '\(word)'; did you mean '\(near)'?")
    }
    let choices = Suggestion.choices(known, near: word)
    let remedy = explained.contains(what) ? "; faultline explain tells what each is" : ""
    return Problem(mark, "unknown \(what) '\(word)'\(choices)\(remedy)")
  }
}

extension Problem: CustomStringConvertible {
  public var description: String { "\(mark): \(message)" }
}

/// Everything that is wrong, in the order of the files' lines; never empty.
public struct Problems: Error, Hashable, Sendable {
  /// Sorted by place, each once.
  public let all: [Problem]

  /// So many are shown, and where so many were found the rest need not be looked for.
  public static let enough = 100

  /// Sorts the problems and drops repeated ones; the caller promises at least one.
  public init(_ all: [Problem]) {
    var seen: Set<Problem> = []
    self.all = all.filter { seen.insert($0).inserted }.sorted { $0.mark < $1.mark }
  }

  /// The one thing that is wrong.
  public init(_ one: Problem) { self.init([one]) }

  /// The Debian packages that would have to be installed, sorted, each once.
  public var missingPackages: [String] {
    let packages = all.flatMap { problem in
      if case .missing(let packages) = problem.cause { packages } else { [String]() }
    }
    return Set(packages).sorted()
  }

  /// True when every file is right and only this machine lacks something.
  public var isOnlyMissing: Bool { all.allSatisfy { $0.cause != .data } }
}

extension Problems: CustomStringConvertible {
  /// One problem a line; of very many the first.
  public var description: String {
    let shown = all.prefix(Self.enough).map(\.description)
    let rest = all.count > shown.count ? ["and \(all.count - shown.count) more problems"] : []
    return (shown + rest).joined(separator: "\n")
  }
}
