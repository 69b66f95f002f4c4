import Basics

/// Pairs events into operations as they arrive, and refuses what breaks the rules of a history.
public struct HistoryBuilder: Sendable {
  public var values = Values()
  public var faults: [FaultMark] = []
  public var observations: [Observation] = []
  public var hasTimes = true
  private var functions: [String] = []
  private var functionIndex: [String: FunctionID] = [:]
  private var labels: [String] = []
  private var labelIndex: [String: LabelID] = [:]
  private var operations: [Operation] = []
  /// The operation each process has in flight.
  private var pending: [Int32: Int] = [:]
  private var eventCount: Int32 = 0

  public init() {}

  public mutating func function(_ name: String) -> FunctionID {
    if let id = functionIndex[name] { return id }
    let id = FunctionID(index: UInt16(functions.count))
    functions.append(name)
    functionIndex[name] = id
    return id
  }

  public mutating func label(_ name: String) -> LabelID {
    if let id = labelIndex[name] { return id }
    let id = LabelID(index: UInt16(labels.count))
    labels.append(name)
    labelIndex[name] = id
    return id
  }

  /// Takes the next event in real-time order.
  ///
  /// - Throws: `doubleInvocation` when the process has an operation in flight already,
  ///   `strayCompletion` when it has none.
  public mutating func append(_ event: Event) throws(HistoryError) {
    let index = eventCount
    if event.kind == .invoke {
      guard pending.updateValue(operations.count, forKey: event.process) == nil else {
        throw .doubleInvocation(process: event.process, event: Int(index))
      }
      operations.append(Operation(invokedBy: event, at: index))
    } else {
      guard let position = pending.removeValue(forKey: event.process) else {
        throw .strayCompletion(process: event.process, event: Int(index))
      }
      operations[position].complete(with: event, at: index)
    }
    eventCount += 1
  }

  /// The history; operations still in flight are `info` without a completion.
  public consuming func finish() -> History {
    History(
      values: values, functions: functions, labels: labels, operations: operations,
      faults: faults.sorted { ($0.injected, $0.id) < ($1.injected, $1.id) },
      observations: observations.sorted { $0.time < $1.time }, hasTimes: hasTimes)
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
}
