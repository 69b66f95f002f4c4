import Basics
public import Histories
public import Linux
public import Workloads

/// Asks every replica that serves for everything it has, once all is healed: what a set keeps is
/// judged by these.
public struct FinalReads: Sendable {
  /// One place to ask: a node that serves, or the service as a whole.
  public struct Source: Hashable, Sendable {
    /// The node's name; that of the service where it is asked as a whole.
    public let node: String
    /// Scheme, host and port.
    public let url: String

    /// Nothing is resolved or connected until it is asked.
    public init(node: String, url: String) {
      self.node = node
      self.url = url
    }
  }

  private let workload: any Workload
  private let notebook: Notebook
  private let clock: RunClock

  /// - Parameter name: The workload's name in the experiment, which its reads are recorded under.
  public init(_ workload: any Workload, name: String, recorder: Recorder, clock: RunClock) {
    self.workload = workload
    notebook = Notebook(recorder, workload: name)
    self.clock = clock
  }

  /// Asks each source until it answers or the time is up; every attempt is in the history.
  ///
  /// - Parameter numbers: Process numbers not used before; each attempt takes the next.
  /// - Returns: The nodes that never answered.
  public func run(
    _ sources: [Source], within limit: Duration, numbers: inout Int, unless stop: StopFlag
  ) -> [String] {
    guard let request = workload.finalRead else { return [] }
    let client = HTTPClient(timeout: min(limit, .seconds(5)), options: workload.options)
    let deadline = clock.now.advanced(by: limit)
    var silent = sources
    // In rounds, so that one that never answers takes no time away from the others.
    repeat {
      silent = silent.filter { source in
        defer { numbers += 1 }
        return !read(request, source, client, number: numbers)
      }
    } while !silent.isEmpty && clock.now < deadline
      && clock.sleep(until: clock.now.advanced(by: .milliseconds(100)), unless: stop)
    return silent.map(\.node)
  }

  private func read(
    _ request: Request, _ source: Source, _ client: borrowing HTTPClient, number: Int
  ) -> Bool {
    notebook.invoke(request, process: number, scheduled: nil, node: source.node, isFinal: true)
    var answer: Answer
    do throws(ClientError) {
      answer = workload.answer(to: request, try client.send(request, to: source.url))
    } catch {
      answer = request.answer(to: error)
    }
    return notebook.complete(request, answer, node: source.node, process: number).kind == .ok
  }
}
