import Basics
import Clients
import Fabric
import Histories
public import Linux
public import Nodes
import Reports
public import Stacks

/// A stack that is brought up to be poked at, without an experiment.
public final class LiveStack: Sendable {
  private let stack: ResolvedStack
  private let reports: String
  private let shares: [String]
  private let space: RunSpace
  private let clock = RunClock()
  private let stop = StopFlag()
  private let state = RunState()
  /// `reports/<stack>/up/<stamp>-0/`, where its logs are; it is there before `run`.
  public let folder: RunFolder

  /// Makes the folder; nothing is started before `run`.
  ///
  /// - Parameters:
  ///   - reports: The folder that reports are kept in.
  ///   - shares: Folders of the machine that every node sees, even below its private ones.
  ///   - isShared: Every user of the machine may read what the stack leaves.
  /// - Throws: What the system says when the folder cannot be made.
  public init(
    _ stack: ResolvedStack, reports: String, shares: [String], space: RunSpace,
    isShared: Bool = false
  ) throws(Errno) {
    self.stack = stack
    self.reports = reports
    self.shares = shares
    self.space = space
    folder = try RunFolder.make(
      in: reports, stack: stack.name, experiment: "up", clock: clock, seed: 0,
      isShared: isShared)
  }

  /// Asks the stack to go down.
  public func interrupt() { stop.raise() }

  /// Brings the stack up, says so, and keeps it until it is asked to go down.
  ///
  /// - Parameter onReady: called once with a line per step of where the time went; what it throws
  ///   takes the stack down again.
  public func run(onReady: ([String]) throws -> Void) throws {
    let recorder = Recorder(follow: state.take) { [clock] in clock.now }
    let up = StackUp(
      stack: stack, space: space, folder: folder, cache: DataCache(in: reports),
      recorder: recorder, clock: clock, state: state, seed: 0, stop: stop, shares: shares)
    let logs = try LogWatch(folder, clock: clock)
    defer { _ = logs.end() }
    let (lab, timings) = try up.run()
    defer { lab.fabric.stop() }
    recorder.record(.phase(.live))
    let owners = try OwnerWatch.start(lab)
    defer { owners.stop() }
    let control = try ControlService(lab, named: stack.name, reports: reports) { [stop] in
      stop.raise()
    }
    defer { recorder.record(.phase(.down)) }
    try onReady(timings.map { "\($0.step): \($0.duration.text)" })
    while clock.sleep(until: clock.now.advanced(by: .seconds(3600)), unless: stop) {}
    try control.end()
    try folder.protect()
  }
}
