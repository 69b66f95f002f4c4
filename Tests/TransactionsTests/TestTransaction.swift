import Basics
import Histories

/// A transaction of a test history, with the positions of its events in time.
struct TestTransaction: Hashable {
  enum Mop: Hashable {
    case append(Int, Int)
    case list(Int, [Int])
    case write(Int, Int)
    /// Nil is the initial state.
    case read(Int, Int?)
  }

  var process: Int32
  var invoked: Int
  /// After everything when the outcome never came.
  var completed: Int
  var outcome: Operation.Outcome = .ok
  var mops: [Mop]

  init(
    _ process: Int32, _ times: Range<Int>, _ mops: [Mop], _ outcome: Operation.Outcome = .ok
  ) {
    self.process = process
    invoked = times.lowerBound
    completed = times.upperBound
    self.outcome = outcome
    self.mops = mops
  }
}

extension History {
  /// The caller promises that no two events of one process overlap; ties are in the order given.
  init(_ transactions: [TestTransaction], hasRealTimeOrder: Bool = true) {
    var builder = HistoryBuilder()
    builder.hasRealTimeOrder = hasRealTimeOrder
    let txn = builder.function("txn")
    let events =
      transactions.indices.map { (transactions[$0].invoked, 1, $0) }
      + transactions.indices.map { (transactions[$0].completed, 0, $0) }
    for (time, isInvocation, position) in events.sorted(by: { $0 < $1 }) {
      let transaction = transactions[position]
      let isOk = transaction.outcome == .ok
      let kind: Event.Kind =
        isInvocation == 1 ? .invoke : isOk ? .ok : transaction.outcome == .fail ? .fail : .info
      let value = builder.values.transaction(
        transaction.mops, hidesReads: isInvocation == 1 || !isOk)
      let event = Event(
        process: transaction.process, kind: kind, function: txn, value: value,
        time: Instant(nanoseconds: Int64(time)))
      do {
        try builder.append(event)
      } catch {
        fatalError("a test history is not well formed: \(error)")
      }
    }
    self = builder.finish()
  }

  /// A transaction each, one after the other, each of a process of its own.
  init(sequential mops: [[TestTransaction.Mop]]) {
    self.init(
      mops.enumerated().map {
        TestTransaction(Int32($0.offset), 10 * $0.offset..<10 * $0.offset + 5, $0.element)
      })
  }

  /// A transaction each, all at once.
  init(concurrent mops: [[TestTransaction.Mop]]) {
    self.init(
      mops.enumerated().map { TestTransaction(Int32($0.offset), $0.offset..<1_000_000, $0.element) }
    )
  }
}

extension Values {
  mutating func transaction(_ mops: [TestTransaction.Mop], hidesReads: Bool) -> Value {
    let words = (read: symbol("r"), append: symbol("append"), write: symbol("w"))
    let parts: [Value] = mops.map { mop in
      switch mop {
      case .append(let key, let value):
        list([words.append, integer(Int64(key)), integer(Int64(value))])
      case .write(let key, let value):
        list([words.write, integer(Int64(key)), integer(Int64(value))])
      case .read(let key, let value):
        list([
          words.read, integer(Int64(key)),
          hidesReads ? .none : value.map { integer(Int64($0)) } ?? .none,
        ])
      case .list(let key, let elements):
        list([
          words.read, integer(Int64(key)),
          hidesReads ? .none : list(elements.map { integer(Int64($0)) }),
        ])
      }
    }
    return list(parts)
  }
}
