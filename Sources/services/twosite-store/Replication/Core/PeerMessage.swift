/// What members say to each other.
enum PeerMessage: Sendable, Equatable {
  case append(Append)
  case appended(Appended)
  case install(Install)
  case voteAsked(VoteAsked)
  case voteAnswered(VoteAnswered)
  case witnessAsked(WitnessAsked)
  case witnessAnswered(WitnessAnswered)
  case keyed(KeyedMessage)
}

/// A leader's entries behind `previous`; without entries a heartbeat.
struct Append: Sendable, Equatable {
  var term: UInt64
  var previous: LogPoint
  var entries: [LogEntry]
  var commit: UInt64
  /// The number of the leader's question whether it still leads (Ongaro 2014, section 6.4).
  var round: UInt64
}

/// What a follower has after an `Append` or an `Install`.
struct Appended: Sendable, Equatable {
  enum Outcome: UInt8, Sendable {
    /// The log is the leader's up to `index`, durably.
    case matches = 0
    /// The log is not the leader's at `previous`; it may be at `index`.
    case differs = 1
    /// The log is not the leader's, and begins too late to be made so.
    case needsSnapshot = 2
  }

  var term: UInt64
  var outcome: Outcome
  var index: UInt64
  /// The index of `previous` in the question.
  var previous: UInt64
  var round: UInt64
}

/// A snapshot for a follower that is behind the beginning of the leader's log (section 5).
struct Install: Sendable, Equatable {
  var term: UInt64
  var snapshot: Snapshot
  var round: UInt64
}

/// A candidate's request; where `isTrial`, only whether a vote would be given in that term (section
/// 9.6).
struct VoteAsked: Sendable, Equatable {
  var term: UInt64
  var isTrial: Bool
  var last: LogPoint
}

struct VoteAnswered: Sendable, Equatable {
  /// Where the vote is given, the term it is given in; the voter's own term otherwise.
  var term: UInt64
  var isTrial: Bool
  var isGiven: Bool
}
