public import Basics
public import Experiments
import Histories
public import Linux
public import Reports
internal import Stacks
public import YAML

/// A run that was not begun: its file is wrong, or this machine cannot do it. What is said of it in every form tells so,
/// and a gate that reads any of them stays closed.
public struct SkippedRun: Sendable {
  private let file: String
  private let stack: String
  private let seed: UInt64
  private let command: String
  private let set: [String]
  private let repetition: String?
  private let plan: Plan?

  /// A run whose plan could not be made.
  ///
  /// - Parameters:
  ///   - stack: its name, as far as the file tells it.
  ///   - set: the parameters that the command line sets; which of them are secrets is not known, so none is shown.
  public init(
    file: String, stack: String, seed: UInt64, command: String, set: [String] = [],
    repetition: String? = nil
  ) {
    self.file = file
    self.stack = stack
    self.seed = seed
    self.command = command
    self.set = set
    self.repetition = repetition
    plan = nil
  }

  /// A run whose plan could be made, and cannot be carried out here.
  public init(_ plan: Plan, _ options: RunOptions) {
    file = plan.file
    stack = plan.stack.name
    seed = plan.seed
    command = options.command
    set = []
    repetition = options.repetition
    self.plan = plan
  }

  /// The record of it.
  ///
  /// - Parameters:
  ///   - reason: one sentence with a remedy.
  ///   - problems: what is wrong with which files, where that is the reason.
  public func record(
    because reason: String, _ exit: ExitCode, problems: Problems? = nil
  ) -> RunRecord {
    let name = RunFolder.experiment(of: file)
    var record = RunRecord(
      experiment: .init(
        name: name, file: file, title: plan?.title ?? name, description: plan?.description ?? ""),
      stack: plan?.stack.title ?? "", seed: seed, command: command, history: .empty)
    record.set = set.map { .init(name: $0, text: "…") }
    if let plan { record.show(plan) }
    record.repetition = repetition
    record.exit = exit
    record.trouble = reason
    record.problems = (problems?.all ?? []).map { problem in
      .init(
        place: FilePlace(
          file: problem.mark.file, line: problem.mark.line, column: problem.mark.column),
        message: problem.message)
    }
    return record
  }

  /// Makes a folder with the reports of a run that was not started.
  ///
  /// - Parameter isShared: every user of the machine may read it.
  @discardableResult
  public func write(
    _ record: RunRecord, in reports: String, isShared: Bool = false
  ) throws(Errno) -> RunFolder {
    let clock = RunClock()
    let folder = try RunFolder.make(
      in: reports, stack: stack, experiment: RunFolder.experiment(of: file), clock: clock,
      seed: seed, isShared: isShared)
    var record = record
    record.started = WallClock.text(clock.wallOrigin)
    record.startedNanoseconds = clock.wallOrigin
    try folder.write(record)
    return folder
  }
}
