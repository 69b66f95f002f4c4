internal import Basics

/// How files write what was heard on lines and who could be reached.
extension FactColumns {
  init(_ heard: LineHearing) {
    let counts = [heard.keys, heard.sealed, heard.senders, heard.pieces, heard.clear]
    self.init(
      kind: "line", subject: heard.network, node: "",
      value: counts.map { "\($0)" }.joined(separator: " "), source: "fabric")
  }

  init(_ heard: HeardInClear) {
    let numbers = "\(heard.first.nanoseconds) \(heard.last.nanoseconds) \(heard.packets)"
    self.init(
      kind: "in-clear", subject: heard.network, node: heard.node.text,
      value: "\(numbers) \(heard.what)", source: "fabric")
  }

  init(_ tally: Reach.Tally) {
    let counts = [tally.made, tally.refused, tally.silent, tally.unasked]
    self.init(
      tally.question, "reach", tally.node, counts.map { "\($0)" }.joined(separator: " "))
  }

  init(_ spell: Reach.Spell) {
    self.init(
      spell.question, "reached", spell.node,
      "\(spell.first.nanoseconds) \(spell.last.nanoseconds) \(spell.made)")
  }

  private init(_ question: Reach.Question, _ kind: String, _ node: NodeID, _ numbers: String) {
    self.init(
      kind: kind, subject: question.target, node: node.text,
      value: "\(question.port) \(numbers) \(question.from)",
      source: question.isControl ? "control" : "prober")
  }

  /// The fact of one of these kinds; nil when the columns make none.
  var networkFact: Fact? {
    let parts = value.split(separator: " ")
    switch kind {
    case "line": return hearing(parts.map { Int($0) })
    case "in-clear":
      let pieces = value.split(separator: " ", maxSplits: 3)
      guard pieces.count == 4, let packets = Int(pieces[2]),
        let first = Int64(pieces[0]), let last = Int64(pieces[1]), first <= last
      else { return nil }
      return .inClear(
        HeardInClear(
          network: subject, node: NodeID(node), what: String(pieces[3]),
          first: Instant(nanoseconds: first), last: Instant(nanoseconds: last), packets: packets))
    case "reach":
      guard parts.count == 6, let question = question(parts) else { return nil }
      let counts = parts[1..<5].compactMap { Int($0) }
      guard counts.count == 4 else { return nil }
      return .reach(
        Reach.Tally(
          question, by: NodeID(node), made: counts[0], refused: counts[1], silent: counts[2],
          unasked: counts[3]))
    case "reached":
      guard parts.count == 5, let question = question(parts), let first = Int64(parts[1]),
        let last = Int64(parts[2]), first <= last, let made = Int(parts[3])
      else { return nil }
      return .reached(
        Reach.Spell(
          question, by: NodeID(node), first: Instant(nanoseconds: first),
          last: Instant(nanoseconds: last), made: made))
    default: return nil
    }
  }

  private func hearing(_ counts: [Int?]) -> Fact? {
    let counts = counts.compactMap { $0 }
    guard counts.count == 5 else { return nil }
    return .line(
      LineHearing(
        network: subject, keys: counts[0], sealed: counts[1], senders: counts[2],
        pieces: counts[3], clear: counts[4]))
  }

  private func question(_ parts: [Substring]) -> Reach.Question? {
    guard let port = UInt16(parts[0]), ["control", "prober"].contains(source) else { return nil }
    return Reach.Question(
      from: String(parts[parts.count - 1]), target: subject, port: port,
      isControl: source == "control")
  }
}
