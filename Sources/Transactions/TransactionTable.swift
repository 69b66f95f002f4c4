import Checking

internal import Histories

/// The transactions of a history as flat columns: what every analysis of this folder works on.
///
/// A transaction is an operation whose value is a list of micro-operations `[f k v]`. Of an `ok`
/// transaction the result counts; of the others only what they tried to write does.
struct TransactionTable {
  /// What a micro-operation does; `write` stands for `w` and `append` alike.
  enum Verb: UInt8 {
    case read, write
  }

  /// Position in `History.operations`, by transaction.
  private(set) var operation: [Int32] = []
  private(set) var outcome: [Operation.Outcome] = []
  private(set) var process: [Int32] = []
  /// The position of the invocation among all events.
  private(set) var invoked: [Int32] = []
  /// The position of the completion among all events; `.max` unless the outcome is `ok`.
  private(set) var deadline: [Int32] = []
  /// Where a transaction's micro-operations begin; one more entry than transactions.
  private(set) var first: [Int32] = [0]

  private(set) var verb: [Verb] = []
  /// A dense key number, by micro-operation.
  private(set) var key: [Int32] = []
  private(set) var value: [Value] = []
  /// The transaction of a micro-operation.
  private(set) var owner: [Int32] = []

  /// The keys as the history wrote them, by key number.
  private(set) var keys: [Value] = []
  /// How many micro-operations write.
  private(set) var writeCount = 0
  private(set) var okCount = 0
  /// False when the budget was spent before all were read.
  private(set) var isComplete = true
  /// False for a history of sessions that says nothing of how these lie to each other.
  let hasRealTimeOrder: Bool
  private var keyNumbers: [Value: Int32] = [:]
  private var canonical = CanonicalValues()
  private var words = TransactionWords()

  var count: Int { operation.count }
  var keyCount: Int { keys.count }

  func mops(of transaction: Int) -> Range<Int> {
    Int(first[transaction])..<Int(first[transaction + 1])
  }

  func isOk(_ transaction: Int) -> Bool { outcome[transaction] == .ok }

  /// True when the transaction certainly had no effect.
  func isAborted(_ transaction: Int) -> Bool { outcome[transaction] == .fail }

  /// The transaction that owns a micro-operation.
  func transaction(of mop: Int) -> Int { Int(owner[mop]) }

  /// About what an analysis of this many micro-operations takes before its graph.
  var estimatedBytes: Int { verb.count * 40 + count * 40 }

  /// Why there is nothing to judge; nil when there is something.
  var emptiness: String? {
    if count == 0 { return "the history has no transactions" }
    return okCount == 0 ? "none of \(count) transactions succeeded" : nil
  }

  /// Why a history without an anomaly shows nothing.
  var vacuity: String? {
    if writeCount == verb.count { return "no transaction that succeeded read anything" }
    if writeCount == 0 { return "no transaction wrote anything" }
    return nil
  }

  /// - Throws: the first operation that is not a list of `[f k v]`, or whose function `writes`
  ///   does not allow.
  init(
    _ history: History, functions: TransactionFunctions, writes: TransactionWords.Dialect,
    within budget: Budget
  ) throws(MalformedTransaction) {
    words = TransactionWords(writes)
    hasRealTimeOrder = history.hasRealTimeOrder
    for (position, candidate) in history.operations.enumerated()
    where functions.contains(candidate.function) {
      try append(candidate, at: position, in: history.values)
      guard position & 0xfff == 0 || position + 1 == history.operations.count else { continue }
      if budget.isSpent() || estimatedBytes > budget.memoryBytes {
        isComplete = false
        return
      }
    }
  }

  private mutating func append(
    _ candidate: Operation, at position: Int, in values: Values
  ) throws(MalformedTransaction) {
    let isOk = candidate.outcome == .ok
    let body = isOk ? candidate.result : candidate.argument
    let other = isOk ? candidate.argument : candidate.result
    guard let list = values.elements(body) ?? values.elements(other) else {
      throw MalformedTransaction(operation: position, text: values.describe(body))
    }
    let hasReads = isOk && body.kind == .list
    for element in list {
      guard let parts = values.elements(element), parts.count == 3,
        let verb = words.verb(parts[parts.startIndex], in: values)
      else {
        throw MalformedTransaction(operation: position, text: values.describe(element))
      }
      guard verb == .write || hasReads else { continue }
      append(verb, key: parts[parts.startIndex + 1], parts[parts.startIndex + 2], values)
    }
    operation.append(Int32(position))
    outcome.append(candidate.outcome)
    process.append(candidate.process)
    invoked.append(candidate.invocationIndex)
    deadline.append(candidate.deadlineIndex)
    first.append(Int32(verb.count))
    if isOk { okCount += 1 }
  }

  private mutating func append(
    _ verb: Verb, key name: Value, _ value: Value, _ values: Values
  ) {
    let name = canonical.value(name, in: values)
    let number: Int32
    if let known = keyNumbers[name] {
      number = known
    } else {
      number = Int32(keys.count)
      keyNumbers[name] = number
      keys.append(name)
    }
    self.verb.append(verb)
    key.append(number)
    // A list read back is compared element by element; a written value is looked up.
    self.value.append(
      verb == .write || words.dialect == .registers
        ? canonical.value(value, in: values) : value)
    owner.append(Int32(operation.count))
    if verb == .write { writeCount += 1 }
  }

  /// The written value that is equal by content, which lists and maps are compared by.
  func canonicalValue(_ value: Value, in values: Values) -> Value {
    canonical.known(value, in: values)
  }
}

/// An operation that is not a transaction of the kind asked about.
struct MalformedTransaction: Error {
  /// Position in `History.operations`.
  let operation: Int
  let text: String
}
