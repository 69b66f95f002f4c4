public import Basics
internal import Histories
import Synchronization
public import Workloads

/// What the traffic of one workload looks like right now: for the steady-state gate, the settling
/// gate and the progress line. Verdicts never come from here, only from the history.
///
/// An operation is good when it was answered as the workload wants within the workload's timeout,
/// counted from its intended start: a client that waited for its turn has waited all the same.
public final class TrafficMeter: Sendable {
  private let timeout: Duration
  private let state = Mutex(State())

  private struct State {
    var good = 0
    var bad = 0
    var lastBad: Instant?
    var begun = 0
    var lastError: String?
    /// The most recent good operations, oldest first.
    var recentGood: [Good] = []
    /// When the most recent bad ones ended, oldest first.
    var recentBad: [Instant] = []
    /// The intended start of what each client has in flight.
    var inFlight: [Int: Instant] = [:]
    /// What each client's operations came to, by its number within the workload.
    var clients: [Int: (good: Int, bad: Int)] = [:]
  }

  private struct Good {
    let function: String
    let completed: Instant
    let latency: Duration
  }

  /// How many recent completions are remembered at least.
  public static let memory = 4096

  /// What has been counted since the meter was made.
  public struct Totals: Hashable, Sendable {
    /// Operations that ended `ok`, or were declined, within the timeout.
    public var good: Int
    /// Operations that ended `fail` or `info` otherwise, or too late.
    public var bad: Int
    /// Why the last bad operation was bad.
    public var lastError: String?
  }

  /// - Parameter timeout: the workload's own.
  public init(timeout: Duration) { self.timeout = timeout }

  /// A client, by its number within the workload, begins an operation that was meant to start at a
  /// moment. It ends with the client's next one, or with `rests`.
  ///
  /// - Parameter sequence: the operation's number within the workload, from 0.
  public func begins(_ client: Int, sequence: Int = 0, scheduled: Instant) {
    state.withLock { state in
      state.inFlight[client] = scheduled
      state.begun = max(state.begun, sequence + 1)
    }
  }

  /// The number of the last operation that began, counted from 1.
  public var begun: Int { state.withLock { $0.begun } }

  /// A client has nothing in flight.
  public func rests(_ client: Int) { state.withLock { $0.inFlight[client] = nil } }

  /// Up to when it is known how all operations went: the earliest intended start of what is in
  /// flight, or `now`. What hangs is neither good nor bad yet.
  public func known(at now: Instant) -> Instant {
    state.withLock { state in min(now, state.inFlight.values.min() ?? now) }
  }

  /// Counts one operation that completed.
  ///
  /// - Parameters:
  ///   - function: what was invoked.
  ///   - client: whose it was, by its number within the workload.
  ///   - scheduled: its intended start, from which its latency counts.
  public func count(
    _ completion: Completion, of function: String, by client: Int = 0, scheduled: Instant,
    completed: Instant
  ) {
    let latency = scheduled.duration(to: completed)
    guard completion.kind == .ok || completion.isDeclined else {
      return countBad(completion.error, by: client, at: completed)
    }
    guard latency <= timeout else {
      let error =
        "answered late: \(latency.rounded.text) after its intended start, beyond the timeout of "
        + timeout.text
      return countBad(error, by: client, at: completed)
    }
    state.withLock { state in
      state.good += 1
      state.clients[client, default: (0, 0)].good += 1
      state.recentGood.append(
        Good(function: function, completed: completed, latency: latency))
      if state.recentGood.count > 2 * Self.memory { state.recentGood.removeFirst(Self.memory) }
    }
  }

  private func countBad(_ error: String?, by client: Int, at time: Instant) {
    state.withLock { state in
      state.bad += 1
      state.clients[client, default: (0, 0)].bad += 1
      state.lastBad = time
      state.recentBad.append(time)
      if state.recentBad.count > 2 * Self.memory { state.recentBad.removeFirst(Self.memory) }
      state.lastError = error?.cut(toBytes: Notebook.errorBytes)
    }
  }

  /// All counts, as they were at one moment.
  public var totals: Totals {
    state.withLock { Totals(good: $0.good, bad: $0.bad, lastError: $0.lastError) }
  }

  /// What there is to see at a moment, for who looks again and again.
  public struct Look: Sendable {
    /// All counts.
    public let totals: Totals
    /// The same of each client, by its number within the workload.
    public let clients: [Int: (good: Int, bad: Int)]
    /// Of the good operations since the look before, the newest last (at most as many as are remembered).
    public let latencies: [Duration]
  }

  /// What there is to see now.
  ///
  /// - Parameter good: how many good operations the look before had counted.
  public func look(after good: Int) -> Look {
    state.withLock { state in
      let new = state.recentGood.suffix(max(0, state.good - good))
      return Look(
        totals: Totals(good: state.good, bad: state.bad, lastError: state.lastError),
        clients: state.clients, latencies: new.map(\.latency))
    }
  }

  /// Since when every operation that completed was good, not counting before `start`.
  public func goodSince(_ start: Instant) -> Instant {
    state.withLock { max(start, $0.lastBad ?? start) }
  }

  /// How many good operations completed after a moment (at most as many as are remembered).
  public func goodCount(since moment: Instant) -> Int { latencies(since: moment).count }

  /// How many bad operations ended after a moment (at most as many as are remembered).
  public func badCount(since moment: Instant) -> Int {
    state.withLock { state in state.recentBad.reversed().prefix { $0 > moment }.count }
  }

  /// How many good operations of each function completed after a moment (of as many as are
  /// remembered).
  public func functions(since moment: Instant) -> [String: Int] {
    state.withLock { state in
      state.recentGood.reversed().prefix { $0.completed > moment }
        .reduce(into: [:]) { $0[$1.function, default: 0] += 1 }
    }
  }

  /// The latencies of the good operations that completed after a moment, counted from their
  /// intended starts, the newest first (at most as many as are remembered).
  public func latencies(since moment: Instant) -> [Duration] {
    state.withLock { state in
      state.recentGood.reversed().prefix { $0.completed > moment }.map(\.latency)
    }
  }
}

extension Duration {
  /// In whole milliseconds, rounded up, for a sentence.
  fileprivate var rounded: Duration { .milliseconds(Int64(milliseconds.rounded(.up))) }
}
