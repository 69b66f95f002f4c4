import Basics
public import Histories
public import Linux
public import Workloads

/// Reads the state once all is healed, as the workload's ending says: what a set keeps, and whether replicas
/// agree, is judged by these.
public struct FinalReads: Sendable {
  /// One place to ask: a node that serves, or the service as a whole.
  public struct Source: Hashable, Sendable {
    /// The node's name; that of the service where it is asked as a whole.
    public let node: String
    /// Where it is.
    public let url: String

    /// Nothing is resolved or connected until it is asked.
    public init(node: String, url: String) {
      self.node = node
      self.url = url
    }
  }

  private let workload: any Workload
  private let host: any ClientHost
  private let notebook: Notebook
  private let clock: RunClock

  /// - Parameters:
  ///   - name: The workload's name in the experiment, which its reads are recorded under.
  ///   - host: makes clients for final reads.
  public init(
    _ workload: any Workload, name: String, host: any ClientHost, recorder: Recorder,
    clock: RunClock
  ) {
    self.workload = workload
    self.host = host
    notebook = Notebook(recorder, workload: name)
    self.clock = clock
  }

  /// Asks until everyone has answered or the time is up; every attempt is in the history.
  ///
  /// - Parameters:
  ///   - operations: how many the workload began.
  ///   - sources: every replica.
  ///   - service: the service as a whole, for a workload that drains it.
  ///   - numbers: Process numbers not used before; each attempt takes the next.
  /// - Returns: The nodes that never answered something that they were asked.
  public func run(
    after operations: Int, _ sources: [Source], service: Source, within limit: Duration,
    numbers: inout Int,
    unless stop: StopFlag
  ) -> [String] {
    let deadline = clock.now.advanced(by: limit)
    let patience = min(limit, .seconds(5))
    switch workload.ending(after: operations) {
    case .nothing: return []
    case .everyReplica(let invocations):
      let clients = sources.map { (source: $0, client: host.client(of: $0.url, timeout: patience)) }
      var open = clients.flatMap { asked in invocations.map { (asked.source, asked.client, $0) } }
      // In rounds, so that one that never answers takes no time away from the others.
      repeat {
        open = open.filter { source, client, invocation in
          clock.now >= deadline
            || read(invocation, source, client, &numbers).kind != .ok
        }
      } while !open.isEmpty && pause(until: deadline, unless: stop)
      return Set(open.map { $0.0.node }).sorted()
    case .drain(let invocations):
      let client = host.client(of: service.url, timeout: patience)
      var open = invocations
      repeat {
        open = open.filter {
          !drain($0, service, client, until: deadline, &numbers, unless: stop)
        }
      } while !open.isEmpty && pause(until: deadline, unless: stop)
      return open.isEmpty ? [] : [service.node]
    }
  }

  /// Whether there is time for another round.
  private func pause(until deadline: Instant, unless stop: StopFlag) -> Bool {
    clock.now < deadline
      && clock.sleep(until: clock.now.advanced(by: .milliseconds(100)), unless: stop)
  }

  /// Whether it was seen empty; an operation that is not ok ends the attempt.
  private func drain(
    _ invocation: Invocation, _ source: Source, _ client: any Client, until deadline: Instant,
    _ numbers: inout Int, unless stop: StopFlag
  ) -> Bool {
    while clock.now < deadline, !stop.isRaised {
      let completion = read(invocation, source, client, &numbers)
      guard completion.kind == .ok else { return false }
      if completion.result == .none { return true }
    }
    return false
  }

  private func read(
    _ invocation: Invocation, _ source: Source, _ client: any Client, _ numbers: inout Int
  ) -> Completion {
    defer { numbers += 1 }
    notebook.invoke(
      invocation, process: numbers, scheduled: nil, node: source.node, isFinal: true)
    var completion = workload.reading(client.invoke(invocation), of: invocation)
    completion.server = source.node
    return notebook.complete(invocation, completion, process: numbers)
  }
}
