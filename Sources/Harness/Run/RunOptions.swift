import Basics

/// What a run is told besides its plan.
public struct RunOptions: Sendable {
  /// Where runs are kept.
  public var reports: String
  /// The command that repeats the run.
  public var command: String
  /// Show no progress.
  public var isQuiet: Bool
  /// What the checkers may spend, each.
  public var checkTime: Duration
  public var checkMemoryBytes: Int

  public init(reports: String, command: String, isQuiet: Bool) {
    self.reports = reports
    self.command = command
    self.isQuiet = isQuiet
    checkTime = .seconds(30)
    checkMemoryBytes = 2 << 30
  }
}
