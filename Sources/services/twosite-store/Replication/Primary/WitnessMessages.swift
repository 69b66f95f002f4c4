/// What a replica wishes of the witness.
struct WitnessAsked: Sendable, Equatable {
  enum Wish: Sendable, Equatable {
    /// To stay primary, and that these may be primary after it; each other set has a higher
    /// version.
    case renew(eligible: [Int], version: UInt64)
    /// To be primary; its log ends so.
    case claim(LogPoint)
  }

  /// The newest epoch that the replica knows.
  var term: UInt64
  var wish: Wish
  /// Each wish of a replica has a higher one.
  var number: UInt64
}

/// What is on the witness's record, durably.
struct WitnessAnswered: Sendable, Equatable {
  var term: UInt64
  var primary: Int?
  var eligible: [Int]
  var version: UInt64
  /// The number of the wish that this answers.
  var number: UInt64
}
