/// How far a leader has got with one other member.
struct FollowerProgress: Sendable {
  /// The first entry that was not yet sent to it.
  var next: UInt64
  /// The last entry that it is known to have durably.
  var match: UInt64 = 0
  /// Whether one message at a time is sent until the place is found where the logs agree.
  var isProbing = true
  var sentAt: Duration?
  var snapshotSentAt: Duration?
  var heardAt: Duration
  var sentRound: UInt64 = 0
  var answeredRound: UInt64 = 0

  mutating func take(_ answer: Appended, now: Duration) {
    heardAt = now
    answeredRound = max(answeredRound, answer.round)
    switch answer.outcome {
    case .matches:
      match = max(match, answer.index)
      next = max(next, match + 1)
      isProbing = false
      snapshotSentAt = nil
    case .needsSnapshot:
      (next, isProbing) = (0, true)
    case .differs:
      let possible = max(match + 1, min(answer.index + 1, answer.previous))
      guard answer.previous > match, possible < next else { break }
      (next, isProbing, sentAt) = (possible, true, nil)
    }
  }
}
