import Basics

/// A core some of whose members lead and the others follow: how they do is the same in every such
/// mode.
protocol LedCore: ReplicationCore {
  var settings: CoreSettings { get }
  var ship: Shipping { get set }
  var isLeading: Bool { get }
  /// Whether it waits for what a leader says.
  var isFollowing: Bool { get }
  /// Whether it keeps a log: a witness does not.
  var keepsLog: Bool { get }
  /// The leader of this term, once it was heard.
  var leader: Int? { get set }
  /// The last leader of any term.
  var lastLeader: Int? { get set }
  var leaderHeardAt: Duration { get set }
  /// The number of the newest question to the others whether this one leads still, and what waits
  /// for which.
  var round: UInt64 { get set }
  var questions: [(id: UInt64, round: UInt64)] { get set }

  mutating func beginFollowing()
  /// Waits for a leader for another while.
  mutating func postpone(_ now: Duration)
  mutating func refuse(_ id: UInt64)
}

// Following.
extension LedCore {
  /// What a leader says of its log, and how far the others say that they are.
  mutating func takeOfLog(_ message: PeerMessage, _ from: Int, _ now: Duration) {
    switch message {
    case .append(let append):
      if heedsLeader(from, of: append.term, now) {
        ship.follow(append, from: from)
      } else {
        ship.deny(from)
      }
    case .install(let install):
      if heedsLeader(from, of: install.term, now) {
        ship.follow(install, from: from)
      } else {
        ship.deny(from)
      }
    case .appended(let answer):
      if answer.term > ship.term { return follow(answer.term, now) }
      guard isLeading, answer.term == ship.term else { return }
      ship.progress[from].take(answer, now: now)
    default: break
    }
  }

  /// Whether the sender leads now; an older leader is told the newer term (Ongaro 2014, 3.3).
  private mutating func heedsLeader(_ place: Int, of term: UInt64, _ now: Duration) -> Bool {
    if term < ship.term || !keepsLog { return false }
    follow(term, now)
    (leader, lastLeader, leaderHeardAt) = (place, place, now)
    postpone(now)
    return true
  }

  /// Follows whoever leads in this term, which may be a new one.
  mutating func follow(_ term: UInt64, _ now: Duration) {
    guard keepsLog else { return }
    if term > ship.term {
      ship.set(Ballot(term: term))
      leader = nil
    }
    if !isFollowing { postpone(now) }
    beginFollowing()
    for question in questions { ship.emit(.refuse(question.id, "the leader stepped down")) }
    questions = []
  }
}

// Questions that must be answered as if asked after everything that was acknowledged.
extension LedCore {
  mutating func ask(_ id: UInt64) {
    guard isLeading else {
      let isRecovering = lastLeader == nil && settings.has(.readsDuringRecovery)
      let answers = isRecovering || settings.has(.followerReadsAsFresh)
      return answers ? ship.emit(.answer(id)) : refuse(id)
    }
    if settings.has(.servesAfterLosingLease) { return ship.emit(.answer(id)) }
    // All questions of one step share one round.
    let sent = settings.others.map { ship.progress[$0].sentRound }.max() ?? 0
    if round == sent { round += 1 }
    questions.append((id, round))
  }

  /// Answers those whose round enough others have answered.
  mutating func answerQuestions(upTo confirmed: UInt64) {
    for question in questions.prefix(while: { $0.round <= confirmed }) {
      ship.emit(.answer(question.id))
    }
    questions.removeAll { $0.round <= confirmed }
  }
}
