/// Everything that changes the store.
enum StoreCommand: Equatable, Sendable {
  case write(key: String, Datum)
  /// Puts `new` where `old` is; declined where something else is.
  case compareAndSet(key: String, old: Datum, new: Datum)
  /// All of it or nothing.
  case transaction([MicroOperation])
  /// What a transaction writes that was carried out in parts (see `WeakTransactions`).
  case install(Installation)
  case addElement(set: String, Datum)
  case increase(counter: String, by: Int64)
  /// Makes accounts with these balances, where the bank has none.
  case openBank(String, [Int64])
  case transfer(bank: String, from: Int64, to: Int64, amount: Int64)
  case enqueue(queue: String, Datum)
  /// Lends the first element for `lease` milliseconds, or gives it away for good where that is 0. `inOrder`: nothing
  /// while another element of the queue is lent.
  case take(queue: String, lease: UInt64, inOrder: Bool)
  case acknowledge(queue: String, token: UInt64)
  case acquire(lock: String, owner: Datum, lease: UInt64)
  case release(lock: String, token: UInt64)
  /// Due `delay` milliseconds after the command's own time; `home` is the site that took it.
  case setTimer(Datum, delay: UInt64, home: String)
  /// Those of these timers that are due.
  case fire([Datum])
  /// Hands out the next `count` numbers, and answers the first of them.
  case number(sequence: String, count: UInt64)
}

/// What comes with a command: whose it is, when it was taken, and what it does wrong on purpose.
struct Stamp: Equatable, Sendable {
  /// 0 for a client that does not repeat itself.
  var session: UInt64 = 0
  /// Rises within a session; a command that comes again is answered as the first time.
  var number: UInt64 = 0
  /// Milliseconds of store time, by the leader's `StoreClock`.
  var time: UInt64
  /// A defect of the machine travels with the command, so that every replica is wrong in the same way.
  var defects: [Defect] = []

  func has(_ defect: Defect) -> Bool { defects.contains(defect) }
}

/// A command as it is replicated.
struct StampedCommand: Equatable, Sendable {
  let stamp: Stamp
  let command: StoreCommand
}
