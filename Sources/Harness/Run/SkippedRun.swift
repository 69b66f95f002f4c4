import Basics
import Histories
public import Linux
import Reports

/// A run that this machine cannot do: its folder says so in every form, so that CI sees a skipped
/// test instead of none.
public struct SkippedRun: Sendable {
  private let file: String
  private let stack: String
  private let seed: UInt64
  private let command: String

  /// - Parameter stack: its name, as far as the file tells it.
  public init(file: String, stack: String, seed: UInt64, command: String) {
    self.file = file
    self.stack = stack
    self.seed = seed
    self.command = command
  }

  /// Makes a folder with the reports of a run that was not started.
  ///
  /// - Parameter isShared: every user of the machine may read it.
  @discardableResult
  public func write(
    because reason: String, in reports: String, isShared: Bool = false
  ) throws(Errno) -> RunFolder {
    let clock = RunClock()
    let name = RunFolder.experiment(of: file)
    let folder = try RunFolder.make(
      in: reports, stack: stack, experiment: name, clock: clock, seed: seed,
      isShared: isShared)
    var record = RunRecord(
      experiment: .init(name: name, file: file, title: name, description: ""), stack: "",
      seed: seed, command: command, history: .empty)
    record.started = WallClock.text(clock.wallOrigin)
    record.exit = .capability
    record.trouble = reason
    try folder.write(record)
    return folder
  }
}
