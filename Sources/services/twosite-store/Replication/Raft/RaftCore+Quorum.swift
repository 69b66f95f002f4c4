/// Whom a leader needs.
extension RaftCore {
  /// How many must agree.
  func quorum(_ now: Duration) -> Int {
    settings.has(.acceptsWritesInMinority) ? heard(now).count / 2 + 1 : settings.majority
  }

  /// Whether the other was heard within the time of an election.
  func isHeard(_ place: Int, _ now: Duration) -> Bool {
    settings.has(.countsDeadPeerForQuorum)
      || now - ship.progress[place].heardAt <= settings.timings.election
  }

  /// The last entry that enough replicas have durably (3.5).
  func agreedIndex(_ now: Duration) -> UInt64 {
    if settings.has(.acknowledgesBeforeReplicating) { return ship.durable }
    let having = heard(now).map { $0 == settings.own ? ship.durable : match(of: $0, now) }
    return having.sorted(by: >)[quorum(now) - 1]
  }

  private func heard(_ now: Duration) -> [Int] {
    guard settings.has(.acceptsWritesInMinority) else { return settings.replicas }
    return settings.replicas.filter { $0 == settings.own || isHeard($0, now) }
  }

  private func match(of place: Int, _ now: Duration) -> UInt64 {
    let isDead = now - ship.progress[place].heardAt > settings.timings.election
    if isDead && settings.has(.countsDeadPeerForQuorum) { return ship.log.last.index }
    return ship.progress[place].match
  }
}
