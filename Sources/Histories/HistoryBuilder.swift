import Basics

/// Pairs events into operations as they arrive, and refuses what breaks the rules of a history.
public struct HistoryBuilder: Sendable {
  /// Where the values of events are made before these are appended.
  public var values = Values()
  /// The newest mark of each fault; `finish` puts them in the order of injection.
  public var faults: [FaultMark] = []
  /// As they were taken; `finish` puts them in the order of time.
  public var observations: [Observation] = []
  /// False for formats that record no clock; then times are event positions.
  public var hasTimes = true
  /// False for formats that know the order within each session only.
  public var hasRealTimeOrder = true
  /// What a reader took for granted; see `History.notes`.
  public var notes: [String] = []
  private var functions: [String] = []
  private var functionIndex: [String: FunctionID] = [:]
  private var labels: [String] = []
  private var labelIndex: [String: LabelID] = [:]
  private var operations: [Operation] = []
  private var pending = PendingOperations()
  private var eventCount: Int32 = 0

  /// A history in which nothing has happened yet.
  public init() {}

  /// What functions and labels are called once there is no number left for their own names.
  public static let furtherName = "(further)"

  /// The id of a function's name, given out when it is first asked for. From the 65,536th name on
  /// all share one id, that of `furtherName`: readers of files refuse what has so many.
  public mutating func function(_ name: String) -> FunctionID {
    if let id = functionIndex[name] { return id }
    if functions.count >= Int(UInt16.max), name != Self.furtherName {
      return function(Self.furtherName)
    }
    let id = FunctionID(index: UInt16(functions.count))
    functions.append(name)
    functionIndex[name] = id
    return id
  }

  /// The id of a node's or a workload's name, given out when it is first asked for. From the 65,535th
  /// name on all share one id, that of `furtherName`, for the last number is `LabelID.none`.
  public mutating func label(_ name: String) -> LabelID {
    if let id = labelIndex[name] { return id }
    if labels.count >= Int(UInt16.max) - 1, name != Self.furtherName {
      return label(Self.furtherName)
    }
    let id = LabelID(index: UInt16(labels.count))
    labels.append(name)
    labelIndex[name] = id
    return id
  }

  /// The id of a node's or a workload's name, when it has one.
  public func knownLabel(_ name: String) -> LabelID? { labelIndex[name] }

  /// Takes the next event in real-time order.
  ///
  /// - Throws: `doubleInvocation` when the process has an operation in flight already,
  ///   `strayCompletion` when it has none.
  public mutating func append(_ event: Event) throws(HistoryError) {
    let index = eventCount
    guard index < .max - 1 else { throw .tooManyEvents }
    if event.kind == .invoke {
      guard pending.begin(operations.count, on: event.process) else {
        throw .doubleInvocation(process: event.process, event: Int(index))
      }
      operations.append(Operation(invokedBy: event, at: index))
    } else {
      guard let position = pending.end(on: event.process) else {
        throw .strayCompletion(process: event.process, event: Int(index))
      }
      operations[position].complete(with: event, at: index)
    }
    eventCount += 1
  }

  /// Takes what an observer saw; of a fault the newest mark is kept.
  public mutating func observe(_ seen: Observation) {
    guard case .fault(let change) = seen.fact else { return observations.append(seen) }
    if let position = faults.firstIndex(where: { $0.id == change.mark.id }) {
      faults[position] = change.mark
    } else {
      faults.append(change.mark)
    }
  }

  /// How many events were taken so far.
  public var events: Int { Int(eventCount) }

  /// How many functions have an id so far.
  public var functionCount: Int { functions.count }

  /// How many nodes and workloads have an id so far.
  public var labelCount: Int { labels.count }

  /// What the operation a process has in flight does; nil when it has none.
  public func functionInFlight(on process: Int32) -> FunctionID? {
    pending.operation(of: process).map { operations[$0].function }
  }

  /// What the operation a process has in flight was invoked with; nil when it has none.
  public func argumentInFlight(on process: Int32) -> Value? {
    pending.operation(of: process).map { operations[$0].argument }
  }

  /// Makes room ahead of time.
  public mutating func reserve(operations count: Int) { operations.reserveCapacity(count) }

  /// Changes every operation, where a format only shows at its end what its values meant.
  mutating func rewriteOperations(_ rewrite: (inout Operation) -> Void) {
    for position in operations.indices { rewrite(&operations[position]) }
  }

  /// True when every operation has a property.
  func allOperations(_ property: (Operation) -> Bool) -> Bool { operations.allSatisfy(property) }

  /// The history; operations still in flight are `info` without a completion.
  public consuming func finish() -> History {
    History(
      values: values, functions: functions, labels: labels, operations: operations,
      faults: faults.sorted { ($0.injected, $0.id) < ($1.injected, $1.id) },
      observations: observations.sorted { $0.time < $1.time }, hasTimes: hasTimes,
      hasRealTimeOrder: hasRealTimeOrder, notes: notes)
  }
}

extension Operation {
  init(invokedBy event: Event, at index: Int32) {
    self.init(
      process: event.process, function: event.function, outcome: .info, isFinal: event.isFinal,
      node: event.node, workload: event.workload, key: event.key, argument: event.value,
      result: .none, error: .none, scheduled: event.scheduled ?? event.time, invoked: event.time,
      completed: nil, invocationIndex: index, completionIndex: .max)
  }

  mutating func complete(with event: Event, at index: Int32) {
    outcome = event.kind == .ok ? .ok : event.kind == .fail ? .fail : .info
    result = event.value
    error = event.error
    completed = event.time
    completionIndex = index
    if event.node != .none { node = event.node }
    if !event.key.isNone { key = event.key }
  }
}

/// What makes a sequence of events not a history.
public enum HistoryError: Error, Hashable {
  /// A process began an operation while one was in flight.
  case doubleInvocation(process: Int32, event: Int)
  /// A completion without an invocation.
  case strayCompletion(process: Int32, event: Int)
  /// More events than a history can number: two thousand million.
  case tooManyEvents
}
