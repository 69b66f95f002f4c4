/// What each client was last told, so that a command that comes again is answered and not carried out again (Ongaro,
/// Consensus, 2014, 6.3).
///
/// The sessions that were used last are kept. One that was forgotten and comes again would be taken for a new one: a
/// client gives up on a command long before thousands of others have begun.
struct SessionTable: Equatable, Sendable {
  static let limit = 8192

  struct Last: Equatable, Sendable {
    var number: UInt64 = 0
    var answer = Answer.done(.nothing)
    /// When, as a count of commands.
    var use: UInt64 = 0
  }

  private var sessions: [UInt64: Last] = [:]
  private var uses: UInt64 = 0

  /// What is to be said without carrying anything out; nil for what is new.
  func answer(to stamp: Stamp) -> Answer? {
    guard stamp.session != 0, let last = sessions[stamp.session], stamp.number <= last.number
    else { return nil }
    return stamp.number == last.number
      ? last.answer : .refused("this session has gone on to its command \(last.number)")
  }

  mutating func keep(_ answer: Answer, to stamp: Stamp) {
    guard stamp.session != 0 else { return }
    uses &+= 1
    sessions[stamp.session] = Last(number: stamp.number, answer: answer, use: uses)
    guard sessions.count > Self.limit else { return }
    let eldest = sessions.min { ($0.value.use, $0.key) < ($1.value.use, $1.key) }
    if let eldest { sessions[eldest.key] = nil }
  }
}

extension SessionTable: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&sessions)
    try coder.field(&uses)
  }
}

extension SessionTable.Last: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&number)
    try coder.field(&answer)
    try coder.field(&use)
  }
}
