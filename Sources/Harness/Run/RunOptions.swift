import Basics

/// What a run is told besides its plan.
public struct RunOptions: Sendable {
  /// Where runs are kept.
  public var reports: String
  /// Folders of the machine that every node sees, even below its private ones (such as `/tmp`): where
  /// the program's own binaries lie.
  public var shares: [String]
  /// The command that repeats the run.
  public var command: String
  /// Which of many runs of the plan it is, in words: `run 3 of 20`; nil for one by itself.
  public var repetition: String?
  /// Each step of the method waits until somebody lets it begin.
  public var isStepped = false
  /// After so long everything is healed and what there is judged; nil: however long it takes.
  public var timeLimit: Duration?
  /// Show no progress.
  public var isQuiet: Bool
  /// A page that shows the run while it goes on; nil: none.
  public var page: PageOrder?
  /// Every user of the machine may read what the run leaves; else only its own.
  public var isShared = false
  /// Whether history, capture and logs stay when the run is over.
  public var retention = Retention.all
  /// Files that the plan names may be links: its author is trusted.
  public var followsLinks: Bool
  /// What the checkers may spend, each.
  public var checkTime: Duration
  /// How many bytes the state of one checker may grow to; 2 GiB unless set otherwise.
  public var checkMemoryBytes: Int

  /// Checkers may spend what is usual: 30 seconds and 2 GiB. No link is followed unless told otherwise.
  public init(
    reports: String, shares: [String], command: String, isQuiet: Bool, followsLinks: Bool = false
  ) {
    self.followsLinks = followsLinks
    self.reports = reports
    self.shares = shares
    self.command = command
    self.isQuiet = isQuiet
    checkTime = .seconds(30)
    checkMemoryBytes = 2 << 30
  }
}
