/// The newest term a member has seen, and what it decided in it.
struct Ballot: Sendable, Equatable {
  var term: UInt64 = 0
  /// In Raft for whom the member voted, at a witness who is primary: the place of a member.
  var vote: Int?
  /// At a witness, who may be the next primary, and the version of the wish that this was.
  var eligible: [Int] = []
  var version: UInt64 = 0

  init(term: UInt64 = 0, vote: Int? = nil, eligible: [Int] = [], version: UInt64 = 0) {
    self.term = term
    self.vote = vote
    self.eligible = eligible
    self.version = version
  }

  init?(_ bytes: [UInt8]) {
    var parts = Unpacking(bytes)
    guard let term: UInt64 = parts.number(), let vote: Int64 = parts.number(),
      let version: UInt64 = parts.number()
    else { return nil }
    let eligible = parts.rest().map { Int($0) }
    self.init(term: term, vote: vote < 0 ? nil : Int(vote), eligible: eligible, version: version)
  }

  var bytes: [UInt8] {
    var parts = Packing()
    parts.add(term)
    parts.add(Int64(vote ?? -1))
    parts.add(version)
    parts.addRest(eligible.map { UInt8($0) })
    return parts.bytes
  }
}
