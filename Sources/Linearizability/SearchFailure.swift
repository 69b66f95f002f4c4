/// Why a search found no order.
struct Failure {
  /// The call that fits nowhere, by position in `History.operations`.
  var operation: Int
  /// The states the object may have been in when it returned, as a person reads them.
  var states: [String]
  /// How many states those were before the list was cut.
  var stateCount: Int
  /// The operations that last changed the object, one for each state listed.
  var lastChanges: [Int]
  /// Calls in flight that could have changed the object.
  var concurrent: [Int]
  /// How many operations returned before: the longest prefix that an order explains.
  var prefix: Int
}

extension Search {
  /// How many states are worth listing to a person.
  private static var stateLimit: Int { 8 }

  func failure(at position: Int, decided: Int) -> Failure {
    var seen: [Int32: Int32] = [:]
    for row in 0..<work.count where !work.isDead(row) && seen[work.state(row)] == nil {
      seen[work.state(row)] = work.lastChange(row)
    }
    let listed = seen.sorted { $0.key < $1.key }.prefix(Self.stateLimit)
    let inFlight = pending.calls.filter { Int($0.entry) != position }
    return Failure(
      operation: Int(entries[position].operation),
      states: listed.map { model.describe(states.states[Int($0.key)]) }.sorted(),
      stateCount: seen.count,
      lastChanges: listed.filter { $0.value >= 0 }.map {
        Int(entries[Int($0.value)].operation)
      },
      concurrent: inFlight.map { Int(entries[Int($0.entry)].operation) }.sorted(),
      prefix: decided)
  }
}
