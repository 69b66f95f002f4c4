/// Locks that are lent for a time. Each grant has a token, greater than every one before it, whatever the lock: whoever
/// comes late with an old one can be refused (Kleppmann, How to do distributed locking, 2016).
struct FencedLocks: Equatable, Sendable {
  struct Hold: Equatable, Sendable {
    var owner = Datum.nothing
    var token: UInt64 = 0
    var until: UInt64 = 0
  }

  private var holds: [String: Hold] = [:]
  private var lastToken: UInt64 = 0

  /// The token, or declined while somebody has the lock.
  mutating func acquire(
    _ name: String, _ owner: Datum, lease: UInt64, _ stamp: Stamp, at now: UInt64
  ) -> Answer {
    if let hold = holds[name], hold.until > now, !stamp.has(.lockGivenTwiceAfterPause) {
      return .declined("somebody has it")
    }
    let (until, isOver) = now.addingReportingOverflow(lease)
    let token = nextToken(name, stamp)
    holds[name] = Hold(owner: owner, token: token, until: isOver ? .max : until)
    return .done(.natural(token))
  }

  private mutating func nextToken(_ name: String, _ stamp: Stamp) -> UInt64 {
    // A count that is kept in the lock and forgotten with it.
    if stamp.has(.fencingTokenGoesDown) { return (holds[name]?.token ?? 0) &+ 1 }
    lastToken &+= 1
    return lastToken
  }

  /// Declined where whoever has the token has the lock no more.
  mutating func release(_ name: String, token: UInt64, at now: UInt64) -> Answer {
    guard let hold = holds[name], hold.token == token, hold.until > now else {
      return .declined("its lease has run out")
    }
    holds[name] = nil
    return .done(.nothing)
  }
}

extension FencedLocks: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&holds)
    try coder.field(&lastToken)
  }
}

extension FencedLocks.Hold: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&owner)
    try coder.field(&token)
    try coder.field(&until)
  }
}
