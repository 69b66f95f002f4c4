public import Basics
public import Histories
public import Linux
public import Workloads

/// One client: sends its share of a workload's schedule, one operation at a time, and records
/// what became of each. Runs on a thread of its own, inside its node's namespace.
///
/// A request that had to wait longer than the timeout for its turn is not sent any more, for
/// whoever meant to make it is gone: it is recorded as `fail`, at its intended start. So a service
/// that hangs is bad for as long as it hangs, and is not flooded when it wakes.
public struct ClientProcess: Sendable {
  /// What the processes of one workload share.
  public struct Assignment: Sendable {
    /// What is asked, and what the answers mean.
    public let workload: any Workload
    /// The workload's name in the experiment.
    public let name: String
    /// Scheme, host and port.
    public let url: String
    /// When each request is meant to start; the processes take its requests in turn.
    public let schedule: Schedule
    /// For a whole request, connecting included; a request waits no longer than this for its turn.
    public let timeout: Duration
    /// Every request draws from a stream of its own, by its number: a skipped one changes no other.
    public let chance: Chance

    /// One value serves every process of the workload.
    public init(
      workload: any Workload, name: String, url: String, schedule: Schedule, timeout: Duration,
      chance: Chance
    ) {
      self.workload = workload
      self.name = name
      self.url = url
      self.schedule = schedule
      self.timeout = timeout
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

  /// Works the schedule off until told to stop; an operation in flight is waited for, and what was
  /// meant to start until then but had to wait is recorded as not sent.
  public func run(from start: Instant, until stop: StopFlag) {
    let client = HTTPClient(timeout: assignment.timeout, options: assignment.workload.options)
    let notebook = Notebook(recorder, workload: assignment.name)
    var number = firstNumber
    for turnNumber in 0... {
      let sequence = assignment.schedule.sequence(of: turn, turn: turnNumber)
      let scheduled = start.advanced(by: assignment.schedule.offset(of: sequence))
      let now = clock.now
      if scheduled.duration(to: now) > assignment.timeout || stop.isRaised && scheduled < now {
        renounce(sequence, scheduled, as: number, notebook)
        continue
      }
      guard clock.sleep(until: scheduled, unless: stop) else { return }
      let kind = perform(sequence, scheduled, as: number, client, notebook)
      if kind == .info { number += stride }
      // A hundred days of unknown outcomes, and there is no number left.
      guard number < Self.endOfNumbers else { return }
    }
  }

  private func renounce(
    _ sequence: Int, _ scheduled: Instant, as number: Int, _ notebook: Notebook
  ) {
    var chance = assignment.chance.stream("request \(sequence)")
    let request = assignment.workload.request(sequence, using: &chance)
    let answer = Answer.fail("not sent: its client was still waiting for an earlier answer")
    notebook.invoke(request, process: number, scheduled: scheduled)
    notebook.complete(request, answer, node: nil, process: number)
    meter.count(
      answer, of: request.function, scheduled: scheduled, completed: clock.now)
  }

  private func perform(
    _ sequence: Int, _ scheduled: Instant, as number: Int, _ client: borrowing HTTPClient,
    _ notebook: Notebook
  ) -> Event.Kind {
    var chance = assignment.chance.stream("request \(sequence)")
    let request = assignment.workload.request(sequence, using: &chance)
    notebook.invoke(request, process: number, scheduled: scheduled)
    meter.begins(turn, scheduled: scheduled)
    defer { meter.rests(turn) }
    let (said, node) = ask(request, client)
    let answer = notebook.complete(request, said, node: node, process: number)
    meter.count(
      answer, of: request.function, scheduled: scheduled, completed: clock.now)
    return answer.kind
  }

  private func ask(_ request: Request, _ client: borrowing HTTPClient) -> (Answer, String?) {
    do throws(ClientError) {
      let response = try client.send(request, to: assignment.url)
      return (assignment.workload.answer(to: request, response), response.node)
    } catch {
      return (request.answer(to: error), nil)
    }
  }
}
