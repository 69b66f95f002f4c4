public import Basics
public import Linux

/// Of which runs all is kept that they recorded, and of which only what they came to.
public enum Retention: String, CaseIterable, Sendable {
  /// Of all.
  case all
  /// Of those that did not come out valid: what is interrupted or unknown counts as one that somebody will look into.
  case failed
  /// Of none.
  case none

  /// Whether a run with that end keeps its history, its capture and its logs.
  func keepsRecords(ofRunWith exit: ExitCode) -> Bool {
    switch self {
    case .all: true
    case .failed: exit != .valid
    case .none: false
    }
  }
}

extension RunFolder {
  /// Removes what only a closer look needs (history, captures, logs, journal); the plan, the result and the reports
  /// stay.
  ///
  /// - Returns: whether anything was removed.
  @discardableResult
  public func shed(_ retention: Retention, exit: ExitCode) throws(Errno) -> Bool {
    guard !retention.keepsRecords(ofRunWith: exit) else { return false }
    let records = try Files.list(path).filter { name in
      ["history.sqlite", "capture"].contains { name.hasPrefix($0) }
        || ["logs", "journal.jsonl"].contains(name)
    }
    for name in records { try Files.removeTree("\(path)/\(name)") }
    return !records.isEmpty
  }
}
