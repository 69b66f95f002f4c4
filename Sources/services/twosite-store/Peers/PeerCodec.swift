/// How messages between members lie in bytes: a number for the kind, and the parts in their order.
enum PeerCodec {
  static func bytes(_ message: PeerMessage) -> [UInt8] {
    var parts = Packing()
    switch message {
    case .append(let append):
      parts.add(UInt8(0))
      parts.add(append.term)
      parts.add(append.previous)
      parts.add(append.commit)
      parts.add(append.round)
      for entry in append.entries { parts.add(LogRecord.bytes(entry)) }
    case .appended(let answer):
      parts.add(UInt8(1))
      parts.add(answer.term)
      parts.add(answer.outcome.rawValue)
      for number in [answer.index, answer.previous, answer.round] { parts.add(number) }
    case .install(let install):
      parts.add(UInt8(2))
      parts.add(install.term)
      parts.add(install.round)
      parts.addRest(install.snapshot.bytes)
    case .voteAsked(let asked):
      parts.add(UInt8(3))
      parts.add(asked.term)
      parts.add(asked.isTrial)
      parts.add(asked.last)
    case .voteAnswered(let answer):
      parts.add(UInt8(4))
      parts.add(answer.term)
      parts.add(answer.isTrial)
      parts.add(answer.isGiven)
    case .witnessAsked(let asked): add(asked, to: &parts)
    case .witnessAnswered(let answer): add(answer, to: &parts)
    case .keyed(let message):
      parts.add(UInt8(8))
      KeyedCodec.add(message, to: &parts)
    }
    return parts.bytes
  }

  private static func add(_ asked: WitnessAsked, to parts: inout Packing) {
    switch asked.wish {
    case .renew(let eligible, let version):
      parts.add(UInt8(5))
      parts.add(eligible.map { UInt8($0) })
      parts.add(version)
    case .claim(let last):
      parts.add(UInt8(6))
      parts.add(last)
    }
    parts.add(asked.term)
    parts.add(asked.number)
  }

  private static func add(_ answer: WitnessAnswered, to parts: inout Packing) {
    parts.add(UInt8(7))
    parts.add(answer.term)
    parts.add(Int8(answer.primary ?? -1))
    parts.add(answer.eligible.map { UInt8($0) })
    parts.add(answer.version)
    parts.add(answer.number)
  }

  /// The message; nil where the bytes are none.
  static func message(_ bytes: [UInt8]) -> PeerMessage? {
    var parts = Unpacking(bytes)
    guard let kind: UInt8 = parts.number() else { return nil }
    switch kind {
    case 0: return append(&parts).map { .append($0) }
    case 1: return appended(&parts).map { .appended($0) }
    case 2:
      guard let term: UInt64 = parts.number(), let round: UInt64 = parts.number(),
        let snapshot = Snapshot(parts.rest())
      else { return nil }
      return .install(Install(term: term, snapshot: snapshot, round: round))
    case 3:
      guard let term: UInt64 = parts.number(), let isTrial = parts.flag(), let last = parts.point()
      else { return nil }
      return .voteAsked(VoteAsked(term: term, isTrial: isTrial, last: last))
    case 4:
      guard let term: UInt64 = parts.number(), let isTrial = parts.flag(), let given = parts.flag()
      else { return nil }
      return .voteAnswered(VoteAnswered(term: term, isTrial: isTrial, isGiven: given))
    case 5, 6: return witnessAsked(&parts, isClaim: kind == 6).map { .witnessAsked($0) }
    case 7: return witnessAnswered(&parts).map { .witnessAnswered($0) }
    case 8: return KeyedCodec.message(&parts).map { .keyed($0) }
    default: return nil
    }
  }

  private static func append(_ parts: inout Unpacking) -> Append? {
    guard let term: UInt64 = parts.number(), let previous = parts.point(),
      let commit: UInt64 = parts.number(), let round: UInt64 = parts.number()
    else { return nil }
    var entries: [LogEntry] = []
    while parts.left > 0 {
      guard let record = parts.blob(), LogRecord.isWhole(record[...]),
        let entry = LogRecord.entry(in: record[...])
      else { return nil }
      entries.append(entry)
    }
    return Append(term: term, previous: previous, entries: entries, commit: commit, round: round)
  }

  private static func appended(_ parts: inout Unpacking) -> Appended? {
    guard let term: UInt64 = parts.number(), let outcome: UInt8 = parts.number(),
      let outcome = Appended.Outcome(rawValue: outcome), let index: UInt64 = parts.number(),
      let previous: UInt64 = parts.number(), let round: UInt64 = parts.number()
    else { return nil }
    return Appended(
      term: term, outcome: outcome, index: index, previous: previous, round: round)
  }

  private static func witnessAsked(_ parts: inout Unpacking, isClaim: Bool) -> WitnessAsked? {
    let wish = isClaim ? parts.point().map { WitnessAsked.Wish.claim($0) } : renewal(&parts)
    guard let wish, let term: UInt64 = parts.number(), let number: UInt64 = parts.number() else {
      return nil
    }
    return WitnessAsked(term: term, wish: wish, number: number)
  }

  private static func renewal(_ parts: inout Unpacking) -> WitnessAsked.Wish? {
    guard let eligible = parts.blob(), let version: UInt64 = parts.number() else { return nil }
    return .renew(eligible: eligible.map { Int($0) }, version: version)
  }

  private static func witnessAnswered(_ parts: inout Unpacking) -> WitnessAnswered? {
    guard let term: UInt64 = parts.number(), let primary: Int8 = parts.number(),
      let eligible = parts.blob(), let version: UInt64 = parts.number(),
      let number: UInt64 = parts.number()
    else { return nil }
    return WitnessAnswered(
      term: term, primary: primary < 0 ? nil : Int(primary), eligible: eligible.map { Int($0) },
      version: version, number: number)
  }
}

extension Packing {
  mutating func add(_ point: LogPoint) {
    add(point.term)
    add(point.index)
  }
}

extension Unpacking {
  mutating func point() -> LogPoint? {
    guard let term: UInt64 = number(), let index: UInt64 = number() else { return nil }
    return LogPoint(term: term, index: index)
  }
}
