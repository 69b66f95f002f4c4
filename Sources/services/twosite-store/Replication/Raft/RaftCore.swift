import Basics

/// Raft after Diego Ongaro, "Consensus: Bridging Theory and Practice", Stanford 2014 (sections in
/// brackets), with a trial before every election (9.6), leaders that step down when no majority
/// hears them (6.2) and reads that ask a majority whether the leader still leads (6.4). The members
/// never change.
struct RaftCore: LedCore {
  enum Part: Sendable, Equatable {
    case follower
    /// Asks whether it would be elected, or to be elected.
    case candidate(isTrial: Bool, votes: Set<Int>)
    case leader
  }

  let settings: CoreSettings
  var ship: Shipping
  var part = Part.follower
  /// The leader of this term, once it was heard.
  var leader: Int?
  /// The last leader of any term.
  var lastLeader: Int?
  var leaderHeardAt: Duration
  /// When to stand for election.
  var timeout: Duration
  var ledSince = Duration.zero
  /// The last entry that was there when this one began to lead.
  private var inherited: UInt64 = 0
  private var chance: Chance
  /// The number of the newest question to the others whether this leader leads, and what waits for
  /// which.
  var round: UInt64 = 0
  var questions: [(id: UInt64, round: UInt64)] = []

  init(_ settings: CoreSettings, _ recovered: Recovered, now: Duration) {
    self.settings = settings
    // Only a replica that lied can find that what it committed was never agreed on.
    ship = Shipping(settings, recovered, now: now, mayRollBack: !settings.defects.isEmpty)
    chance = Chance(seed: settings.seed)
    (leaderHeardAt, timeout) = (now, now)
    postpone(now)
  }

  mutating func step(_ inputs: [CoreInput], now: Duration) -> [CoreOutput] {
    for input in inputs { take(input, now) }
    if part == .leader {
      checkQuorum(now)
    } else if now >= timeout {
      stand(now)
    }
    if part == .leader { lead(now) }
    return ship.finishStep()
  }

  var status: ReplicaStatus {
    let role: ReplicaRole =
      switch part {
      case .leader: .leader
      case .candidate: .candidate
      case .follower: lastLeader == nil ? .recovering : .follower
      }
    return ReplicaStatus(
      role: role, leader: leader.map { settings.names[$0] }, term: ship.term,
      committed: ship.commit, applied: ship.commit, takesWrites: part == .leader)
  }

  private mutating func take(_ input: CoreInput, _ now: Duration) {
    switch input {
    case .tick: break
    case .received(let from, let message): take(message, from, now)
    case .submitted(let id, let command):
      guard part == .leader else { return refuse(id) }
      ship.append(.command, command, for: id)
    case .asked(let id): ask(id)
    case .persisted(let ticket): ship.persisted(ticket)
    case .snapshotTaken(let snapshot): ship.take(snapshot)
    }
  }

  private func explainRefusal() -> String {
    leader.map { "the leader is \(settings.names[$0])" } ?? "no leader is known"
  }

  mutating func refuse(_ id: UInt64) { ship.emit(.refuse(id, explainRefusal())) }

  private mutating func take(_ message: PeerMessage, _ from: Int, _ now: Duration) {
    switch message {
    case .append, .install, .appended: takeOfLog(message, from, now)
    case .voteAsked(let asked): take(asked, from, now)
    case .voteAnswered(let answer): take(answer, from, now)
    case .witnessAsked, .witnessAnswered, .keyed: break
    }
  }

  var isLeading: Bool { part == .leader }
  var isFollowing: Bool { part == .follower }
  var keepsLog: Bool { true }
  mutating func beginFollowing() { part = .follower }

  /// Waits for a leader for another while, each member for another one (3.4).
  mutating func postpone(_ now: Duration) {
    timeout = now + settings.patience(&chance)
  }
}

// What a leader does.
extension RaftCore {
  mutating func beginLeading(_ now: Duration) {
    part = .leader
    (leader, lastLeader, leaderHeardAt, ledSince) = (settings.own, settings.own, now, now)
    round = 0
    inherited = ship.log.last.index
    ship.beginLeading(now: now)
    // Nothing of older terms is known to be committed before an entry of this one is (3.6.2).
    ship.append(.nothing, [])
  }

  private mutating func lead(_ now: Duration) {
    ship.ship(now: now, round: round, upTo: shippable(now))
    let agreed = agreedIndex(now)
    if agreed > ship.commit,
      ship.log.term(at: agreed) == ship.term || settings.has(.commitsOldTermByCount)
    {
      ship.commit(upTo: agreed)
    }
    answerQuestions()
  }

  /// Whoever commits what is old by counting copies hands out that first, and what is its own a
  /// while later; so it is seen what comes of a leader that dies between the two.
  private func shippable(_ now: Duration) -> UInt64 {
    guard settings.has(.commitsOldTermByCount), now - ledSince < settings.timings.election * 3
    else {
      return .max
    }
    return inherited
  }

  /// A leader that a majority has not answered for the time of an election leads no more (6.2).
  private mutating func checkQuorum(_ now: Duration) {
    if settings.has(.flappingLeadership), now - ledSince > settings.timings.election * 3 {
      return follow(ship.term, now)
    }
    let live = settings.others.filter { isHeard($0, now) }.count + 1
    if live < quorum(now) && !settings.has(.servesAfterLosingLease) {
      follow(ship.term, now)
      leader = nil
    }
  }

  private mutating func answerQuestions() {
    let knowsCommit =
      ship.log.term(at: ship.commit) == ship.term || settings.has(.commitsOldTermByCount)
    if questions.isEmpty || !knowsCommit { return }
    let answered = settings.others.map { ship.progress[$0].answeredRound } + [round]
    let confirmed = answered.sorted(by: >)[settings.majority - 1]
    answerQuestions(upTo: confirmed)
  }
}
