/// Tells histories of independent keys, whose every value is `[key value]`, from those whose
/// values merely happen to be pairs, and takes the pairs apart.
///
/// Jepsen prints such a pair as an ordinary vector, so it can only be concluded from all of them:
/// every client operation's argument is a pair with a key that is no list or map, every
/// completion that has a value repeats that key, and at least one operation was invoked with
/// `[key nil]` and answered `[key value]`. A register's compare-and-set `[old new]` does not
/// pass: its history reads with a bare nil. A history of nothing but such writes and no reads
/// cannot be told and is left alone; the reader's `independent` option decides those.
enum IndependentKeys {
  static func areUsed(in builder: HistoryBuilder, readWitnessNeeded: Bool = true) -> Bool {
    var hasWitness = !readWitnessNeeded
    let values = builder.values
    let allKeyed = builder.allOperations { operation in
      guard let pair = pair(operation.argument, values) else { return false }
      if operation.result.isNone { return true }
      guard let answer = self.pair(operation.result, values) else {
        return operation.outcome != .ok && operation.result.kind != .list
      }
      if operation.outcome == .ok, pair.value.isNone, !answer.value.isNone { hasWitness = true }
      return answer.key == pair.key
    }
    return allKeyed && hasWitness
  }

  /// Moves each pair's first element into the operation's key.
  static func takeApart(_ builder: inout HistoryBuilder) {
    let values = builder.values
    builder.rewriteOperations { operation in
      if let pair = pair(operation.argument, values) {
        operation.key = pair.key
        operation.argument = pair.value
      }
      if let pair = pair(operation.result, values) { operation.result = pair.value }
    }
  }

  private static func pair(_ value: Value, _ values: Values) -> (key: Value, value: Value)? {
    guard let elements = values.elements(value), elements.count == 2 else { return nil }
    let key = elements[elements.startIndex]
    guard key.kind != .list, key.kind != .map, !key.isNone else { return nil }
    return (key, elements[elements.startIndex + 1])
  }
}
