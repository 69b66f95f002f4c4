public import Basics

/// Everything that happened in a run; well formed by construction (`HistoryBuilder`).
public struct History: Sendable {
  /// Where the values of the operations are read.
  public let values: Values
  /// The names of functions, by `FunctionID.index`.
  public let functions: [String]
  /// The names of nodes and workloads, by `LabelID.index`.
  public let labels: [String]
  /// Client operations in invocation order.
  public let operations: [Operation]
  /// In the order of injection.
  public let faults: [FaultMark]
  /// In the order of time.
  public let observations: [Observation]
  /// False for formats that record an order but no clock; then times are event positions.
  public let hasTimes: Bool
  /// False for formats that record sessions but not how these lie to each other (AWDIT, dbcop):
  /// then only the order within a process means anything, and nothing may be concluded from
  /// the positions of events of different processes.
  public let hasRealTimeOrder: Bool
  /// What its reader took for granted or made of it: a sentence each, for whoever reads a verdict.
  public let notes: [String]

  /// Puts a history together without a check: its operations are paired and in order already.
  public init(
    values: Values, functions: [String], labels: [String], operations: [Operation],
    faults: [FaultMark] = [], observations: [Observation] = [], hasTimes: Bool = true,
    hasRealTimeOrder: Bool = true, notes: [String] = []
  ) {
    self.values = values
    self.functions = functions
    self.labels = labels
    self.operations = operations
    self.faults = faults
    self.observations = observations
    self.hasTimes = hasTimes
    self.hasRealTimeOrder = hasRealTimeOrder
    self.notes = notes
  }

  /// The id of a function, or nil when no operation uses it.
  public func function(_ name: String) -> FunctionID? {
    functions.firstIndex(of: name).map { FunctionID(index: UInt16($0)) }
  }

  /// A function's name; the id must be one of this history.
  public func name(_ function: FunctionID) -> String { functions[Int(function.index)] }

  /// A label's text; nil for `.none`.
  public func name(_ label: LabelID) -> String? {
    label == .none ? nil : labels[Int(label.index)]
  }

  /// The id of a node's or a workload's name, or nil when the history has no such label.
  public func label(_ name: String) -> LabelID? {
    labels.firstIndex(of: name).map { LabelID(index: UInt16($0)) }
  }

  /// The same history with only the operations of one workload; faults and observations stay.
  public func of(workload name: String) -> History {
    let label = label(name)
    return with(operations: operations.filter { label != nil && $0.workload == label })
  }

  /// The same history without the final reads of workloads that asked several replicas, each by itself.
  public var withoutReplicaReads: History {
    var asked: [LabelID: Set<LabelID>] = [:]
    for read in operations where read.isFinal {
      asked[read.workload, default: []].insert(read.node)
    }
    let several = Set(asked.filter { $0.value.count > 1 }.keys)
    guard !several.isEmpty else { return self }
    return with(operations: operations.filter { !$0.isFinal || !several.contains($0.workload) })
  }

  private func with(operations: [Operation]) -> History {
    History(
      values: values, functions: functions, labels: labels, operations: operations,
      faults: faults, observations: observations, hasTimes: hasTimes,
      hasRealTimeOrder: hasRealTimeOrder, notes: notes)
  }

  /// The last moment anything was recorded.
  public var end: Instant {
    let lastOperation = operations.lazy.map { $0.completed ?? $0.invoked }.max() ?? .start
    return max(lastOperation, observations.last?.time ?? .start)
  }
}
