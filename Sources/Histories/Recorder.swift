public import Basics
import Synchronization

/// Takes down what happens while a run goes, from any number of threads.
///
/// The lock decides the order: an event's time is read and its position assigned under it, so
/// the order of events is the order of real time. A client records its invocation before it
/// sends and its completion after it has the answer; then an interval can only be wider than the
/// true one, which may hide a violation but never invents one.
public final class Recorder: Sendable {
  private let state: Mutex<State>
  private let now: @Sendable () -> Instant
  private let follow: @Sendable (Observation) -> Void
  /// Whether what is recorded is also kept for `drain`.
  public let isJournaled: Bool

  fileprivate struct State {
    var builder = HistoryBuilder()
    var counts = Counts()
    var functions: [String] = []
    var labels: [String] = []
    var servers = 0
    var events: [Event] = []
    var faults: [FaultMark] = []
    var observations: [Observation] = []
  }

  /// How many operations came to which end, for showing progress.
  public struct Counts: Hashable, Sendable {
    /// Operations begun, whatever became of them.
    public var invoked = 0
    /// Operations that took effect.
    public var ok = 0
    /// Operations that certainly did not take effect.
    public var fail = 0
    /// Operations that completed with an unknown outcome; those in flight are not among them.
    public var info = 0

    /// Operations begun and not completed.
    public var inFlight: Int { invoked - ok - fail - info }
  }

  /// - Parameters:
  ///   - isJournaled: keep what was recorded until someone drains it (the archive's writer);
  ///     false when nobody will.
  ///   - follow: told of every fact once it is recorded, on the thread that recorded it; short.
  ///   - now: the run's clock; monotonic, cheap, callable from any thread.
  public init(
    isJournaled: Bool = false, follow: @escaping @Sendable (Observation) -> Void = { _ in },
    now: @escaping @Sendable () -> Instant
  ) {
    self.isJournaled = isJournaled
    self.follow = follow
    self.now = now
    state = Mutex(State())
  }

  /// The id of a function's name; ask once per client, not once per event.
  public func function(_ name: String) -> FunctionID {
    state.withLock { state in
      let id = state.builder.function(name)
      if Int(id.index) == state.functions.count {
        state.functions.append(
          id.index == .max ? HistoryBuilder.furtherName : name)
      }
      return id
    }
  }

  /// The id of a node's or workload's name; ask once per client, not once per event.
  public func label(_ name: String) -> LabelID {
    state.withLock { $0.label(name) }
  }

  /// How many different names servers may give themselves in one run.
  public static let serverLimit = 1_024
  /// How many bytes of such a name are kept.
  public static let serverNameBytes = 128
  /// The name that all further servers share.
  public static let furtherServers = "(further servers)"

  /// The id of a name that a server gave itself. A service can make up as many as it likes, so at most
  /// `serverLimit` are kept apart; the first that is not is told in a note of the run.
  public func server(_ name: String) -> LabelID {
    let name = name.cut(toBytes: Self.serverNameBytes)
    let (id, isFirstTooMany) = state.withLock { $0.server(name) }
    if isFirstTooMany {
      record(
        .note(
          about: "",
          "more than 1,024 servers named themselves in their answers"
            + " (X-Node); the others are taken together as '\(Self.furtherServers)'"))
    }
    return id
  }

  /// Makes a value that events may refer to: a text, a list, a wide integer.
  public func value(_ make: (inout Values) -> Value) -> Value {
    state.withLock { make(&$0.builder.values) }
  }

  /// Records an event now; its own time is replaced by the moment it was recorded.
  public func record(_ event: Event) {
    state.withLock { state in
      var event = event
      event.time = now()
      append(event, to: &state)
    }
  }

  /// Records an event that happened at a known moment, not later than now.
  public func record(_ event: Event, at time: Instant) {
    state.withLock { state in
      var event = event
      event.time = time
      append(event, to: &state)
    }
  }

  /// Records an event whose values are made on the spot, under the same lock; stamped now.
  public func record(making event: (inout Values) -> Event) {
    state.withLock { state in
      var event = event(&state.builder.values)
      event.time = now()
      append(event, to: &state)
    }
  }

  /// A client that breaks the rules is our own mistake: a history with it in would be a lie.
  private func append(_ event: Event, to state: inout State) {
    do {
      try state.builder.append(event)
    } catch {
      fatalError("a client broke the rules of a history: \(error)")
    }
    state.counts.count(event.kind)
    if isJournaled { state.events.append(event) }
  }

  /// Records what was seen or done, once; whoever follows the run is told after it is recorded.
  ///
  /// - Parameter time: when it was so, not later than now; now when unsaid.
  public func record(_ fact: Fact, at time: Instant? = nil) {
    let seen = Observation(time: time ?? now(), fact)
    state.withLock { state in
      state.builder.observe(seen)
      guard isJournaled else { return }
      if case .fault(let change) = fact {
        state.faults.append(change.mark)
      } else {
        state.observations.append(seen)
      }
    }
    follow(seen)
  }

  /// The counts at this moment.
  public var counts: Counts { state.withLock { $0.counts } }

  /// Everything recorded so far; operations in flight are `info` without a completion.
  public func history() -> History { state.withLock { $0.builder }.finish() }

  /// Moves what was recorded since the last call into a journal, which keeps up with the values
  /// and names. Takes the lock for as long as copying the new values takes, not longer.
  public func drain(into journal: inout Journal) {
    journal.clear()
    state.withLock { state in
      swap(&state.events, &journal.events)
      swap(&state.faults, &journal.faults)
      swap(&state.observations, &journal.observations)
      journal.follow(state.builder.values, functions: state.functions, labels: state.labels)
    }
  }
}

extension Recorder.State {
  /// The id, which has a name of its own while there are few, and whether this is the first time that
  /// there are too many.
  fileprivate mutating func server(_ name: String) -> (LabelID, isFirstTooMany: Bool) {
    if let id = builder.knownLabel(name) { return (id, false) }
    let isFirst = servers == Recorder.serverLimit
    servers += 1
    return (label(servers <= Recorder.serverLimit ? name : Recorder.furtherServers), isFirst)
  }

  fileprivate mutating func label(_ name: String) -> LabelID {
    let id = builder.label(name)
    if Int(id.index) == labels.count {
      labels.append(id.index == .max - 1 ? HistoryBuilder.furtherName : name)
    }
    return id
  }
}

extension Recorder.Counts {
  mutating func count(_ kind: Event.Kind) {
    switch kind {
    case .invoke: invoked += 1
    case .ok: ok += 1
    case .fail: fail += 1
    case .info: info += 1
    }
  }
}

/// What a recorder took down since it was last drained, with what is needed to read it.
public struct Journal: Sendable {
  /// A copy that is safe to read while clients go on recording.
  public private(set) var values = Values()
  /// All names so far, by `FunctionID.index`.
  public private(set) var functions: [String] = []
  /// All names so far, by `LabelID.index`.
  public private(set) var labels: [String] = []
  /// In real-time order.
  public internal(set) var events: [Event] = []
  /// In the order recorded; a later mark of one id replaces an earlier one.
  public internal(set) var faults: [FaultMark] = []
  /// In the order recorded; the changes of faults are not among them.
  public internal(set) var observations: [Observation] = []

  /// A journal that has seen nothing yet; one recorder drains into it, again and again.
  public init() {}

  /// Whether the last drain brought nothing; new values and names alone do not count.
  public var isEmpty: Bool { events.isEmpty && faults.isEmpty && observations.isEmpty }

  mutating func clear() {
    events.removeAll(keepingCapacity: true)
    faults.removeAll(keepingCapacity: true)
    observations.removeAll(keepingCapacity: true)
  }

  mutating func follow(_ leader: Values, functions: [String], labels: [String]) {
    values.follow(leader)
    self.functions.append(contentsOf: functions[self.functions.count...])
    self.labels.append(contentsOf: labels[self.labels.count...])
  }
}
