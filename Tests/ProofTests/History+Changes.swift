import Basics
import Histories

extension History {
  /// The same history with every operation changed.
  func with(_ change: (inout Histories.Operation) -> Void) -> History {
    var operations = operations
    for position in operations.indices { change(&operations[position]) }
    return with(operations: operations, values: values)
  }

  func with(operations: [Histories.Operation], values: Values) -> History {
    History(
      values: values, functions: functions, labels: labels, operations: operations,
      faults: faults, observations: observations, hasTimes: hasTimes,
      hasRealTimeOrder: hasRealTimeOrder)
  }

  /// The same events in another order: sorted by keys, an operation's own events in turn.
  ///
  /// - Parameter key: for an operation's position and whether it is the invocation.
  func reordered(by key: (Int, Bool) -> Int) -> History {
    var events: [(key: Int, tie: Int, position: Int, isInvocation: Bool)] = []
    for (position, operation) in operations.enumerated() {
      events.append((key(position, true), Int(operation.invocationIndex), position, true))
      guard operation.completionIndex != .max else { continue }
      events.append((key(position, false), Int(operation.completionIndex), position, false))
    }
    events.sort { ($0.key, $0.tie) < ($1.key, $1.tie) }
    var operations = operations
    for (index, event) in events.enumerated() {
      if event.isInvocation {
        operations[event.position].invocationIndex = Int32(index)
      } else {
        operations[event.position].completionIndex = Int32(index)
      }
    }
    operations.sort { $0.invocationIndex < $1.invocationIndex }
    return with(operations: operations, values: values)
  }
}
