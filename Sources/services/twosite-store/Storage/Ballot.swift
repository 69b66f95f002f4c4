/// The newest term a member has seen, and what it decided in it.
struct Ballot: Sendable, Equatable {
  var term: UInt64 = 0
  /// In Raft for whom the member voted, at a witness who is primary: the place of a member.
  var vote: Int?
  /// At a witness, who may be the next primary, and the number of the wish that this was.
  var eligible: [Int] = []
  var wish: UInt64 = 0

  init(term: UInt64 = 0, vote: Int? = nil, eligible: [Int] = [], wish: UInt64 = 0) {
    self.term = term
    self.vote = vote
    self.eligible = eligible
    self.wish = wish
  }

  init?(_ bytes: [UInt8]) {
    var parts = Unpacking(bytes)
    guard let term: UInt64 = parts.number(), let vote: Int64 = parts.number(),
      let wish: UInt64 = parts.number()
    else { return nil }
    let eligible = parts.rest().map { Int($0) }
    self.init(term: term, vote: vote < 0 ? nil : Int(vote), eligible: eligible, wish: wish)
  }

  var bytes: [UInt8] {
    var parts = Packing()
    parts.add(term)
    parts.add(Int64(vote ?? -1))
    parts.add(wish)
    parts.addRest(eligible.map { UInt8($0) })
    return parts.bytes
  }
}
