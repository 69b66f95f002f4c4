/// What a stored history says of the run it is of, in its table `meta`.
public struct RunMeta: Hashable, Sendable {
  /// When the run began by the wall clock, in nanoseconds since 1970 UTC; times of the history count
  /// from here, and other evidence (a capture, a server's log) joins by it.
  public var startNanoseconds: Int64
  /// What every random choice of the run follows from.
  public var seed: UInt64
  /// The experiment's file.
  public var file: String

  /// What the run knows at its start; `startNanoseconds` is its `RunClock.wallOrigin`.
  public init(startNanoseconds: Int64, seed: UInt64, file: String) {
    self.startNanoseconds = startNanoseconds
    self.seed = seed
    self.file = file
  }
}
