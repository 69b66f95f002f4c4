import Basics

/// A primary and its replicas, and a witness that says who is primary.
///
/// The witness's record names the primary, its epoch and who may be the next; it gives the next
/// epoch to one of these once the primary has not renewed its lease, so of two primaries one has
/// the older epoch, and no replica that knows the newer one follows it. `synchronous`: what may be
/// the next primary has everything that was acknowledged, for the primary acknowledges nothing that
/// one of them lacks, and goes on alone only after the record says so (the configuration manager of
/// PacificA: Lin et al., Microsoft Research 2008, sections 2.2 and 2.3; leases: Gray and Cheriton,
/// SOSP 1989). `asynchronous`: it acknowledges by itself while its lease lasts, and any replica may
/// be next.
struct PrimaryCore<Way: PrimaryWay>: LedCore {
  enum Part: Sendable, Equatable {
    case follower
    case primary
    case witness
  }

  let settings: CoreSettings
  var ship: Shipping
  var part = Part.follower
  /// The primary, once it was heard; and the last of any epoch.
  var leader: Int?
  var lastLeader: Int?
  var leaderHeardAt: Duration
  var timeout: Duration
  var ledSince = Duration.zero
  /// Who may be the next primary: by the witness's record as last heard, and as this primary has
  /// wished since then.
  private var eligible = Eligible()
  /// Until when this primary may act without another word of the witness.
  var leaseEnd = Duration.zero
  var record: WitnessRecord
  private var chance: Chance
  private var wishes: [UInt64: Duration] = [:]
  private var lastWish: UInt64 = 0
  private var acts = false
  private var wishedAt: Duration?
  var round: UInt64 = 0
  var questions: [(id: UInt64, round: UInt64)] = []

  init(_ settings: CoreSettings, _ recovered: Recovered, now: Duration) {
    self.settings = settings
    let mayRollBack = Way.mayLose || !settings.defects.isEmpty
    ship = Shipping(settings, recovered, now: now, mayRollBack: mayRollBack)
    chance = Chance(seed: settings.seed)
    record = WitnessRecord(settings, now: now)
    // No answer to a wish of before a restart is one to a wish of now.
    lastWish = settings.seed >> 8
    (leaderHeardAt, timeout) = (now, now)
    if settings.own == settings.witness { part = .witness }
    postpone(now)
  }

  mutating func step(_ inputs: [CoreInput], now: Duration) -> [CoreOutput] {
    for input in inputs { take(input, now) }
    switch part {
    case .primary: lead(now)
    case .follower: if now >= timeout { claim(now) }
    case .witness: break
    }
    return ship.finishStep()
  }

  var status: ReplicaStatus {
    let role: ReplicaRole =
      switch part {
      // One that may not act any more, or not yet, leads nobody.
      case .primary: acts ? .leader : .candidate
      case .witness: .witness
      case .follower: lastLeader == nil ? .recovering : .follower
      }
    return ReplicaStatus(
      role: role, leader: leader.map { settings.names[$0] }, term: ship.term,
      committed: ship.commit, applied: ship.commit, takesWrites: part == .primary && acts,
      mayLose: part == .primary ? Way.mayLose(ship, isAlone: eligible.recorded.count == 1) : nil)
  }

  private mutating func take(_ input: CoreInput, _ now: Duration) {
    switch input {
    case .tick: break
    case .received(let from, let message): take(message, from, now)
    case .submitted(let id, let command):
      guard part == .primary, canAct(now) else { return refuse(id) }
      ship.append(.command, command, for: id)
    case .asked(let id): ask(id)
    case .persisted(let ticket): ship.persisted(ticket)
    case .snapshotTaken(let snapshot): ship.take(snapshot)
    }
  }

  mutating func refuse(_ id: UInt64) {
    let known = leader.map { "the leader is \(settings.names[$0])" } ?? "no leader is known"
    ship.emit(.refuse(id, part == .primary ? "who must acknowledge is not heard" : known))
  }

  private mutating func take(_ message: PeerMessage, _ from: Int, _ now: Duration) {
    switch message {
    case .append, .install, .appended: takeOfLog(message, from, now)
    case .witnessAsked(let asked): if part == .witness { judge(asked, from, now) }
    case .witnessAnswered(let answer): if part != .witness { take(answer, now) }
    case .voteAsked, .voteAnswered, .keyed: break
    }
  }

  var isLeading: Bool { part == .primary }
  var isFollowing: Bool { part == .follower }
  var keepsLog: Bool { part != .witness }
  mutating func beginFollowing() { part = .follower }

  mutating func postpone(_ now: Duration) {
    timeout = now + settings.patience(&chance)
  }
}

// Replica and witness.
extension PrimaryCore {
  /// The primary was not heard for a while: asks to be the next, again with every heartbeat.
  private mutating func claim(_ now: Duration) {
    if settings.has(.failoverNeverForOneRole), lastLeader == settings.replicas.first { return }
    if settings.has(.promotesWithoutFencing), now > timeout + settings.timings.election {
      return beginLeading(now)
    }
    if let last = wishedAt, now - last < settings.timings.heartbeat { return }
    leader = nil
    wish(.claim(ship.log.last), now)
  }

  private mutating func wish(_ wish: WitnessAsked.Wish, _ now: Duration) {
    guard let witness = settings.witness else { return }
    lastWish += 1
    wishes[lastWish] = now
    wishes = wishes.filter { $0.key + 64 > lastWish }
    wishedAt = now
    let asked = WitnessAsked(term: ship.term, wish: wish, number: lastWish)
    ship.say(.witnessAsked(asked), to: witness)
  }

  private mutating func take(_ answer: WitnessAnswered, _ now: Duration) {
    if answer.term < ship.term { return }
    guard answer.primary == settings.own else {
      if answer.term > ship.term { follow(answer.term, now) }
      return
    }
    guard let asked = wishes[answer.number] else { return }
    if answer.term > ship.term {
      ship.set(Ballot(term: answer.term))
      beginLeading(now)
    }
    guard part == .primary else { return }
    // For the witness the lease began after this wish was sent, so it ends there later.
    leaseEnd = max(leaseEnd, asked + settings.timings.lease)
    eligible.record(Set(answer.eligible), answer.version)
  }

  /// Decides in the witness, and answers once that is durable.
  private mutating func judge(_ asked: WitnessAsked, _ from: Int, _ now: Duration) {
    record.ballot = ship.ballot
    record.take(asked, from: from, now: now, keepsAll: Way.mayLose)
    if record.ballot != ship.ballot { ship.set(record.ballot) }
    let answer = WitnessAnswered(
      term: ship.term, primary: ship.ballot.vote, eligible: ship.ballot.eligible,
      version: ship.ballot.version, number: asked.number)
    ship.say(.witnessAnswered(answer), to: from)
  }
}

// The primary.
extension PrimaryCore {
  private mutating func beginLeading(_ now: Duration) {
    part = .primary
    (leader, lastLeader, ledSince) = (settings.own, settings.own, now)
    eligible = Eligible(Way.firstEligible(settings))
    round = 0
    ship.beginLeading(now: now)
    ship.append(.nothing, [])
  }

  private mutating func lead(_ now: Duration) {
    if settings.has(.flappingLeadership), now - ledSince > settings.timings.election * 3 {
      return follow(ship.term, now)
    }
    eligible.wish(Way.wished(ship, heard: { isHeard($0, now) }, now: eligible.wished))
    if wishedAt.map({ now - $0 >= settings.timings.heartbeat }) ?? true {
      wish(.renew(eligible: eligible.wished.sorted(), version: eligible.version), now)
    }
    ship.ship(now: now, round: round)
    acts = canAct(now)
    if acts || !Way.needsLease { ship.commit(upTo: Way.agreed(ship, needed)) }
    answerQuestions(now)
  }

  func isHeard(_ place: Int, _ now: Duration) -> Bool {
    now - ship.progress[place].heardAt <= settings.timings.election
  }

  /// Who must have what is acknowledged: all that may be primary next, by the record or as it may
  /// soon be.
  private var needed: Set<Int> {
    if settings.has(.acknowledgesBeforeReplicating) { return [settings.own] }
    let mayForget = settings.has(.countsDeadPeerForQuorum) || settings.has(.acceptsWritesInMinority)
    return mayForget ? eligible.wished : eligible.all
  }

  /// Whether this primary could acknowledge something now: its lease lasts, or all whom it needs
  /// are heard.
  func canAct(_ now: Duration) -> Bool {
    let lies: Set<Defect> = [
      .servesAfterLosingLease, .acceptsWritesInMinority, .promotesWithoutFencing,
    ]
    if !settings.defects.isDisjoint(with: lies) { return true }
    if Way.needsLease { return now < leaseEnd }
    return needed.allSatisfy { $0 == settings.own || isHeard($0, now) }
  }

  /// A question is answered once none of those who may be primary next can be it yet.
  private mutating func answerQuestions(_ now: Duration) {
    if questions.isEmpty || ship.log.term(at: ship.commit) != ship.term { return }
    if Way.needsLease && !canAct(now) { return }
    let asked = Way.needsLease ? [] : needed.subtracting([settings.own])
    let confirmed = asked.map { ship.progress[$0].answeredRound }.min() ?? round
    answerQuestions(upTo: confirmed)
  }
}
