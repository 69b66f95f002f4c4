/// How the witness decides who is primary. What it decides is in its ballot, which becomes durable
/// before it answers.
struct WitnessRecord: Sendable {
  private let settings: CoreSettings
  var ballot = Ballot()
  /// Until when the primary may act, as far as the witness knows; after a restart it knows nothing,
  /// and waits.
  private var leaseEnd: Duration
  private var claims: [Int: (last: LogPoint, at: Duration)] = [:]
  private var claimedSince: Duration?

  init(_ settings: CoreSettings, now: Duration) {
    self.settings = settings
    leaseEnd = now + settings.timings.lease
  }

  /// - Parameter keepsAll: whether all replicas stay eligible, so that the one that has most is
  ///   chosen.
  mutating func take(_ asked: WitnessAsked, from place: Int, now: Duration, keepsAll: Bool) {
    switch asked.wish {
    case .renew(let eligible, let version):
      guard place == ballot.vote, asked.term == ballot.term else { return }
      leaseEnd = now + settings.timings.lease
      (claims, claimedSince) = ([:], nil)
      // A wish that comes late says nothing about now.
      guard version > ballot.version else { return }
      (ballot.eligible, ballot.version) = (eligible, version)
    case .claim(let last):
      if place == ballot.vote { return begin(place, now, keepsAll) }
      guard ballot.term == 0 || ballot.eligible.contains(place), now >= leaseEnd else { return }
      claims[place] = (last, now)
      claimedSince = claimedSince ?? now
      if keepsAll && now - claimedSince! < settings.timings.election { return }
      let live = claims.filter { now - $0.value.at < settings.timings.election }
      let best = live.max { ($0.value.last, $1.key) < ($1.value.last, $0.key) }
      if best?.key == place { begin(place, now, keepsAll) }
    }
  }

  private mutating func begin(_ place: Int, _ now: Duration, _ keepsAll: Bool) {
    leaseEnd = now + settings.timings.lease
    (claims, claimedSince) = ([:], nil)
    let eligible = keepsAll ? settings.replicas : [place]
    ballot = Ballot(term: ballot.term + 1, vote: place, eligible: eligible)
  }
}
