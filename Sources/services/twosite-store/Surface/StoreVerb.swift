/// What a client may ask for, by the word of the line protocol.
enum StoreVerb: String, CaseIterable, Sendable {
  case read, write, cas, txn
  case add, elements
  case increase, counter
  case open, transfer, balances
  case enqueue, take, acknowledge
  case acquire, release
  case set, fired
  case next, id

  /// Whether it changes nothing.
  var isRead: Bool {
    switch self {
    case .read, .elements, .counter, .balances, .fired: true
    default: false
    }
  }
}

/// What the store made of a call, in its own terms.
enum Outcome: Equatable, Sendable {
  case done(Datum)
  /// Nothing was done, and that is a good answer.
  case declined(String)
  /// It makes no sense.
  case malformed(String)
  /// Certainly not done; the leader's name, where another replica is known to lead.
  case refused(String, leader: String?)
  /// Perhaps done, now or later.
  case unknown(String)
}
