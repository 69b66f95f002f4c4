extension History {
  /// Calls the body with every client event again, in real-time order.
  public func forEachEvent<E: Error>(_ body: (Event) throws(E) -> Void) throws(E) {
    for (_, position) in eventOrder() {
      let operation = operations[Int(position >> 1)]
      try body(position & 1 == 0 ? operation.invocation : operation.completion)
    }
  }

  /// Event positions with the operation they belong to, doubled; odd for its completion.
  private func eventOrder() -> [(index: Int32, position: UInt32)] {
    var order: [(index: Int32, position: UInt32)] = []
    order.reserveCapacity(2 * operations.count)
    for (position, operation) in operations.enumerated() {
      order.append((operation.invocationIndex, UInt32(position) << 1))
      if operation.completed != nil {
        order.append((operation.completionIndex, UInt32(position) << 1 | 1))
      }
    }
    order.sort { $0.index < $1.index }
    return order
  }
}

extension Operation {
  var invocation: Event {
    var event = Event(
      process: process, kind: .invoke, function: function, value: argument, time: invoked)
    event.key = key
    event.node = node
    event.workload = workload
    event.isFinal = isFinal
    if scheduled != invoked { event.scheduled = scheduled }
    return event
  }

  var completion: Event {
    let kind: Event.Kind = outcome == .ok ? .ok : outcome == .fail ? .fail : .info
    var event = Event(
      process: process, kind: kind, function: function, value: result,
      time: completed ?? invoked)
    event.key = key
    event.error = error
    event.node = node
    event.workload = workload
    event.isFinal = isFinal
    return event
  }
}

extension Event.Kind {
  /// As files write it.
  var word: String {
    switch self {
    case .invoke: "invoke"
    case .ok: "ok"
    case .fail: "fail"
    case .info: "info"
    }
  }
}

extension History {
  /// The error of an operation that failed because the service's good answer was no.
  public static let declined = "declined"

  /// Whether an operation failed because the service's good answer was no.
  public func isDeclined(_ operation: Operation) -> Bool {
    operation.outcome == .fail && operation.error.kind == .symbol
      && values.text(operation.error) == History.declined
  }
}
