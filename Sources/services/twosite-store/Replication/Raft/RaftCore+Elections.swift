/// How a leader is found.
extension RaftCore {
  /// No leader was heard for a while: asks whether the others would elect this one (9.6).
  mutating func stand(_ now: Duration) {
    postpone(now)
    if settings.has(.failoverNeverForOneRole), lastLeader == settings.replicas.first { return }
    leader = nil
    ask(isTrial: !settings.has(.electsForEver), now)
  }

  private mutating func ask(isTrial: Bool, _ now: Duration) {
    if !isTrial { ship.set(Ballot(term: ship.term + 1, vote: settings.own)) }
    part = .candidate(isTrial: isTrial, votes: [settings.own])
    let term = isTrial ? ship.term + 1 : ship.term
    for place in settings.others {
      let asked = VoteAsked(term: term, isTrial: isTrial, last: ship.log.last)
      ship.say(.voteAsked(asked), to: place)
    }
    countVotes(now)
  }

  mutating func take(_ asked: VoteAsked, _ from: Int, _ now: Duration) {
    // Who hears a leader lets nobody unseat it (4.2.3, 6.2).
    if hearsLeader(now) && !settings.has(.electsForEver) { return answer(asked, false, from) }
    if asked.isTrial {
      return answer(asked, asked.term > ship.term && asked.last >= ship.log.last, from)
    }
    if asked.term > ship.term { follow(asked.term, now) }
    let isFree = ship.ballot.vote == nil || ship.ballot.vote == from
    let isGiven = asked.term == ship.term && isFree && asked.last >= ship.log.last
    if isGiven {
      if ship.ballot.vote == nil { ship.set(Ballot(term: ship.term, vote: from)) }
      postpone(now)
    }
    answer(asked, isGiven, from)
  }

  private func hearsLeader(_ now: Duration) -> Bool {
    part == .leader || leader != nil && now - leaderHeardAt < settings.timings.election
  }

  private mutating func answer(_ asked: VoteAsked, _ isGiven: Bool, _ from: Int) {
    let term = isGiven ? asked.term : ship.term
    ship.say(
      .voteAnswered(VoteAnswered(term: term, isTrial: asked.isTrial, isGiven: isGiven)), to: from)
  }

  mutating func take(_ answer: VoteAnswered, _ from: Int, _ now: Duration) {
    if !answer.isGiven && answer.term > ship.term { return follow(answer.term, now) }
    guard case .candidate(let isTrial, var votes) = part, answer.isGiven,
      answer.isTrial == isTrial, answer.term == ship.term + (isTrial ? 1 : 0)
    else { return }
    votes.insert(from)
    part = .candidate(isTrial: isTrial, votes: votes)
    countVotes(now)
  }

  private mutating func countVotes(_ now: Duration) {
    guard case .candidate(let isTrial, let votes) = part else { return }
    let isAlone = settings.has(.acceptsWritesInMinority) && now - leaderHeardAt > patience
    guard votes.count >= settings.majority || isAlone else { return }
    if isTrial { ask(isTrial: false, now) } else { beginLeading(now) }
  }

  /// How long a replica that accepts writes in a minority waits for a majority.
  private var patience: Duration { settings.timings.election * 3 }
}
