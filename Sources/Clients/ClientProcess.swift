public import Basics
public import Histories
public import Linux
public import Workloads

/// One client process: carries out its share of a workload's schedule, one operation at a time, and records
/// what became of each. Runs on a thread of its own, inside its node's namespaces.
///
/// An operation that had to wait longer than the timeout for its turn is not sent any more, for
/// whoever meant it is gone: it is recorded as `fail`, at its intended start. So a service
/// that hangs is bad for as long as it hangs, and is not flooded when it wakes.
public struct ClientProcess: Sendable {
  /// What one process is to do.
  public struct Assignment: Sendable {
    /// What is asked, and what the answers mean.
    public let workload: any Workload
    /// The workload's name in the experiment.
    public let name: String
    /// How it is asked.
    public let host: any ClientHost
    /// Where the service is.
    public let url: String
    /// The node that alone answers there; nil where only the answer can tell.
    public let server: String?
    /// When each operation is meant to start; the processes take its operations in turn.
    public let schedule: Schedule
    /// The number of the schedule's first operation among all that the workload ever makes.
    public let firstSequence: Int
    /// For a whole operation, connecting included; one waits no longer than this for its turn.
    public let timeout: Duration
    /// What operations carry besides.
    public let filler: Filler?
    /// Every operation draws from a stream of its own, by its number: a skipped one changes no other.
    public let chance: Chance

    /// The processes of a workload differ in their host, their URL and its server only.
    public init(
      workload: any Workload, name: String, host: any ClientHost, url: String,
      server: String? = nil, schedule: Schedule, firstSequence: Int = 0, timeout: Duration,
      filler: Filler? = nil,
      chance: Chance
    ) {
      self.workload = workload
      self.name = name
      self.host = host
      self.url = url
      self.server = server
      self.schedule = schedule
      self.firstSequence = firstSequence
      self.timeout = timeout
      self.filler = filler
      self.chance = chance
    }
  }

  /// Process numbers of clients are smaller than this; from it on they are those of final reads.
  public static let endOfNumbers = 1_000_000_000

  private let assignment: Assignment
  /// Which of the workload's processes this is, from 0.
  private let turn: Int
  /// The process number it begins with, and how far the next lies after an `info`.
  private let firstNumber: Int
  private let stride: Int
  private let recorder: Recorder
  private let meter: TrafficMeter
  private let clock: RunClock

  /// - Parameters:
  ///   - firstNumber: unique among all processes of the run.
  ///   - stride: how many processes the run has; after an operation of unknown outcome a process
  ///     takes a new number, as a history allows only one operation in flight for each.
  public init(
    _ assignment: Assignment, turn: Int, firstNumber: Int, stride: Int, recorder: Recorder,
    meter: TrafficMeter, clock: RunClock
  ) {
    self.assignment = assignment
    self.turn = turn
    self.firstNumber = firstNumber
    self.stride = stride
    self.recorder = recorder
    self.meter = meter
    self.clock = clock
  }

  /// How far a process came.
  public struct End: Hashable, Sendable {
    /// How many of its turns began.
    public let turns: Int
    /// The process number that it may go on with.
    public let nextNumber: Int
  }

  /// Works the schedule off until told to stop; an operation in flight is waited for. What had to wait until then is
  /// recorded as not sent where it is late by more than the timeout; else nobody knows how it would have been answered.
  @discardableResult
  public func run(from start: Instant, until stop: StopFlag) -> End {
    let client = assignment.host.client(of: assignment.url, timeout: assignment.timeout)
    let notebook = Notebook(recorder, workload: assignment.name)
    var number = firstNumber
    var last: Exchange?
    for turnNumber in 0... {
      let place = assignment.schedule.sequence(of: turn, turn: turnNumber)
      let sequence = assignment.firstSequence + place
      let scheduled = start.advanced(by: assignment.schedule.offset(of: place))
      let now = clock.now
      if scheduled.duration(to: now) > assignment.timeout {
        renounce(invocation(sequence, after: last), scheduled, as: number, notebook)
        continue
      }
      if stop.isRaised && scheduled < now { return End(turns: turnNumber, nextNumber: number) }
      guard clock.sleep(until: scheduled, unless: stop) else {
        return End(turns: turnNumber, nextNumber: number)
      }
      let exchange = perform(
        invocation(sequence, after: last), sequence, scheduled, as: number, client, notebook)
      last = exchange.completion.kind == .info ? nil : exchange
      if last == nil { number += stride }
      // A hundred days of unknown outcomes, and there is no number left.
      guard number < Self.endOfNumbers else {
        return End(turns: turnNumber + 1, nextNumber: number)
      }
    }
    return End(turns: 0, nextNumber: number)
  }

  private func invocation(_ sequence: Int, after last: Exchange?) -> Invocation {
    var chance = assignment.chance.stream("request \(sequence)")
    var invocation = assignment.workload.invocation(sequence, after: last, using: &chance)
    if let filler = assignment.filler { invocation.filler = filler.size(using: &chance) }
    return invocation
  }

  private func renounce(
    _ invocation: Invocation, _ scheduled: Instant, as number: Int, _ notebook: Notebook
  ) {
    let completion = Completion.fail(
      "not sent: its client was still waiting for an earlier answer")
    notebook.invoke(invocation, process: number, scheduled: scheduled)
    notebook.complete(invocation, completion, process: number)
    meter.count(
      completion, of: invocation.function.name, by: turn, scheduled: scheduled,
      completed: clock.now)
  }

  private func perform(
    _ invocation: Invocation, _ sequence: Int, _ scheduled: Instant, as number: Int,
    _ client: any Client,
    _ notebook: Notebook
  ) -> Exchange {
    notebook.invoke(invocation, process: number, scheduled: scheduled)
    meter.begins(turn, sequence: sequence, scheduled: scheduled)
    defer { meter.rests(turn) }
    var said = assignment.workload.reading(client.invoke(invocation), of: invocation)
    if said.server == nil, said.kind == .ok { said.server = assignment.server }
    let completion = notebook.complete(invocation, said, process: number)
    meter.count(
      completion, of: invocation.function.name, by: turn, scheduled: scheduled,
      completed: clock.now)
    return Exchange(invocation, completion)
  }
}
