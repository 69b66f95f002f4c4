import Basics
import Clients
public import Experiments
import Fabric
import Faults
import Glibc
import Histories
public import Linux
public import Nodes
public import Reports
import Stacks

/// One run of one experiment: up, steady, break, heal, settle, read, check, report, down.
///
/// Runs inside the namespaces of its own that `Isolation` made; whatever it leaves running ends
/// with them.
public final class ExperimentRun: Sendable {
  let plan: Plan
  let options: RunOptions
  let space: RunSpace
  let clock: RunClock
  let stop = StopFlag()
  let state = RunState()
  /// Who gives orders while it runs, in the place of a schedule; nil: nobody.
  let session: LiveSession?
  /// Lets the steps of the method begin one by one; nil: their moments do.
  let gate: StepGate?
  private let signalled = Handover<Int32>()
  /// Raised once its time is up.
  private let isLate = StopFlag()
  /// What may be poked at, while there is something.
  let ground = Handover<Lab>()
  /// Shows it while it goes on; nil where nobody asked for that, or it could not be.
  let page = Handover<LivePage>()
  /// Where the run leaves its history and logs; it is there before `run`.
  public let folder: RunFolder

  /// Makes the run's folder; nothing else is touched before `run`.
  public convenience init(_ plan: Plan, options: RunOptions, space: RunSpace) throws(Errno) {
    try self.init(plan, options: options, space: space, session: nil)
  }

  /// The same with somebody who gives orders.
  init(_ plan: Plan, options: RunOptions, space: RunSpace, session: LiveSession?) throws(Errno) {
    self.session = session
    gate = options.isStepped ? StepGate() : nil
    self.plan = plan
    self.options = options
    self.space = space
    clock = RunClock()
    folder = try RunFolder.make(
      in: options.reports, stack: plan.stack.name, experiment: plan.name, clock: clock,
      seed: plan.seed, isShared: options.isShared)
    if let order = options.page { openPage(order) }
  }

  private func openPage(_ order: PageOrder) {
    do throws(Errno) { page.value = try LivePage(order, desk: desk) } catch {
      state.note("there is no live page: \(error)")
    }
  }

  /// Where those who ask from outside are answered.
  var desk: LiveDesk { LiveDesk(ground: ground, run: self) }

  /// Where a browser finds the run's page, from the moment it is made; nil where it has none. Whoever has it
  /// is let in.
  public var pageURL: String? { page.value?.url }

  /// Asks the run to heal, to judge what it has, and to end.
  ///
  /// - Parameter signal: what the user sent; decides between the exit codes 130 and 143.
  public func interrupt(by signal: Int32) {
    signalled.value = signal
    stop.raise()
  }

  /// Lets the step of the method begin that waits for it.
  ///
  /// - Returns: what it is; nil where none waits.
  @discardableResult
  public func letNextStepBegin() -> String? { gate?.open() }

  private func timeIsUp() {
    isLate.raise()
    stop.raise()
  }

  /// A run that was stopped claims nothing: what it saw ends too early for that.
  private func tellOfStop(_ record: inout RunRecord) {
    guard signalled.value == nil, isLate.isRaised, let limit = options.timeLimit else {
      record.exit = signalled.value == SIGTERM ? .terminated : .interrupted
      record.trouble = record.trouble ?? "interrupted; what is judged ends where it was stopped"
      return
    }
    let isOnlyStopped = record.trouble == nil || record.exit == .interrupted
    record.exit = .timedOut
    guard isOnlyStopped else { return }
    record.trouble =
      "its time was up after \(limit.text); what is judged ends where it was stopped"
  }

  /// The whole run. Whatever goes wrong is in the record: its exit code and its trouble.
  public func run() -> RunRecord {
    var record = RunRecord(
      experiment: .init(
        name: plan.name, file: plan.file, title: plan.title, description: plan.description),
      stack: plan.stack.title, seed: plan.seed, command: options.command, history: .empty)
    record.started = WallClock.text(clock.wallOrigin)
    record.startedNanoseconds = clock.wallOrigin
    record.repetition = options.repetition
    record.show(plan)
    do {
      let limit = try options.timeLimit.map { try TimeLimit($0, clock) { [self] in timeIsUp() } }
      let outcome = Result { try perform(&record) }
      limit?.end()
      try outcome.get()
    } catch {
      record.fail(error)
    }
    if stop.isRaised { tellOfStop(&record) }
    record.duration = Instant.start.duration(to: clock.now)
    record.notes = state.snapshot.notes + space.limits
    page.value?.end(record, folder)
    return record
  }
}
