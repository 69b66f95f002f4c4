internal import Basics

/// Builds transactions of sessions that know no clock: one process per session, function `txn`,
/// every transaction begun and completed before the session's next.
struct TransactionRecorder: Sendable {
  var session: Int32 = 0
  /// The transaction being read: reads without their results, and with them.
  private var asked: [Value] = []
  private var answered: [Value] = []

  var isEmpty: Bool { asked.isEmpty }

  mutating func read(_ key: Value, _ result: Value, _ values: inout Values) {
    let name = values.symbol("r")
    asked.append(values.list([name, key, .none]))
    answered.append(values.list([name, key, result]))
  }

  mutating func write(_ key: Value, _ value: Value, _ values: inout Values) {
    let operation = values.list([values.symbol("w"), key, value])
    asked.append(operation)
    answered.append(operation)
  }

  mutating func nextSession(at start: Int) throws(ParseStop) {
    guard session < .max else { throw .wrong(at: start, "too many sessions") }
    session += 1
  }

  /// Ends the transaction; one without operations says nothing and is left out.
  mutating func end(
    as kind: Event.Kind, _ events: inout EventAssembler, at start: Int
  ) throws(ParseStop) {
    guard !asked.isEmpty else { return }
    let function = try events.functionID(events.builder.values.symbol("txn"), at: start)
    let argument = events.builder.values.list(asked)
    let result = kind == .ok ? events.builder.values.list(answered) : argument
    asked.removeAll(keepingCapacity: true)
    answered.removeAll(keepingCapacity: true)
    for (kind, value) in [(Event.Kind.invoke, argument), (kind, result)] {
      let event = Event(
        process: session, kind: kind, function: function, value: value,
        time: Instant(nanoseconds: Int64(events.builder.events)))
      try events.append(event, at: start)
    }
  }
}

extension EventAssembler {
  /// For formats of sessions: no clock, and no order between sessions.
  mutating func expectSessionsOnly() {
    expectPositionsOnly()
    builder.hasRealTimeOrder = false
  }

  /// For formats without a clock, whose keys are said.
  mutating func expectPositionsOnly() {
    builder.hasTimes = false
    concludesKeys = false
  }
}
