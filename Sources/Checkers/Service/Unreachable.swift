public import Basics
public import Checking
public import Histories

/// From some nodes no connection to some ports can be made, whatever happens.
///
/// The harness tries by itself, on a steady beat from when the stack is up until its traffic is over, faults and all, from
/// within each node that is meant; TCP only, for of a datagram nobody can tell whether it arrived. A connection that
/// stands is a violation, with how long they could be made; a refusal and silence are good. That there is something
/// to reach is shown by asking for the same port from the target's own node, or `seen-from`, once a second: where
/// nobody ever saw it open, or nothing was tried, the verdict is unknown.
public struct Unreachable: Checker {
  public static let name = "unreachable"
  public static let summary = "From some nodes no connection to some ports can be made."
  public static let schema = Schema([
    .init(
      "from", .text, "Who must not reach it: a node, or role:NAME or site:NAME for all of them.",
      isRequired: true, example: "client-1"),
    .init(
      "to", .text, "Whom: a node or an address.", isRequired: true, example: "db-b"),
    .init(
      "ports", .list(of: .count(1...65535)), "Which TCP ports.", isRequired: true,
      example: "[5432]"),
    .init(
      "seen-from", .text,
      "A node that reaches those ports, which shows that they are served; without it, the node `to` itself."
    ),
    .init("every", .duration, "From one try to the next; at least 10ms.", default: "100ms"),
  ])

  let from: String
  let target: String
  let ports: [UInt16]
  let seenFrom: String
  let every: Duration

  private static let shortestBeat = Duration.milliseconds(10)

  public var isExcusedByFaults: Bool { false }

  public var feed: Feed { .observations }

  public var triesToReach: [ReachTrial] {
    ports.flatMap { port in
      [
        ReachTrial(question(port), every: every),
        ReachTrial(control(port), every: .seconds(1)),
      ]
    }
  }

  public init(_ settings: Settings) throws(SettingsError) {
    from = settings.text("from") ?? ""
    target = settings.text("to") ?? ""
    seenFrom = settings.text("seen-from") ?? target
    every = settings.duration("every") ?? .milliseconds(100)
    ports = (settings.integers("ports") ?? []).map { UInt16(clamping: $0) }
    guard !ports.isEmpty else { throw SettingsError("ports", "say which ports are meant") }
    guard every >= Self.shortestBeat else {
      throw SettingsError(
        "every", "\(every.text) is too often; write at least \(Self.shortestBeat.text)")
    }
  }

  private func question(_ port: UInt16) -> Reach.Question {
    Reach.Question(from: from, target: target, port: port)
  }

  private func control(_ port: UInt16) -> Reach.Question {
    Reach.Question(from: seenFrom, target: target, port: port, isControl: true)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let tallies = history.observations.compactMap { seen -> Reach.Tally? in
      if case .reach(let tally) = seen.fact { tally } else { nil }
    }
    let spells = history.observations.compactMap { seen -> Reach.Spell? in
      if case .reached(let spell) = seen.fact { spell } else { nil }
    }
    let faults = FaultSpans(history)
    var judgement = Judgement()
    var sum = Reach.Tally(question(ports[0]), by: "")
    var longest = Duration.zero
    for port in ports {
      let own = tallies.filter { $0.question == question(port) }
      for tally in own { sum.add(tally) }
      let reached = spells.filter { $0.question == question(port) }
      for spell in reached {
        longest = max(longest, spell.first.duration(to: spell.last))
        judgement.violated(
          "reached", sentence(spell, faults), during: spell.first...spell.last)
      }
      if reached.isEmpty, let tally = own.first(where: { $0.made > 0 }) {
        judgement.violated(
          "reached",
          "\(tally.node) reached port \(port) of \(target) "
            + Wording.count(tally.made, "time"))
      }
      doubt(port, own, shown: tallies.filter { $0.question == control(port) }, &judgement)
    }
    return judgement.finding(
      of: Self.self,
      held:
        "none of \(Wording.count(sum.asked, "try")) from \(from) reached \(target): \(sum.refused) refused, "
        + "\(sum.silent) without an answer",
      operations: history.operations.count,
      figures: [
        .init("tries", .integer(sum.asked)), .init("made", .integer(sum.made)),
        .init("refused", .integer(sum.refused)), .init("silent", .integer(sum.silent)),
        .init("unasked", .integer(sum.unasked)), .init("longest", .milliseconds(longest)),
      ])
  }

  private func doubt(
    _ port: UInt16, _ own: [Reach.Tally], shown: [Reach.Tally], _ judgement: inout Judgement
  ) {
    if own.isEmpty {
      judgement.doubt("Nobody tried to reach port \(port) of \(target) from \(from).")
    }
    for tally in own where tally.asked == 0 {
      judgement.doubt(
        "\(tally.node) could not even try to reach port \(port) of \(target): no way leads there.")
    }
    if !shown.contains(where: { $0.made > 0 }) {
      judgement.doubt(
        "Nobody saw port \(port) of \(target) open, not from \(seenFrom) either: what nobody serves, nobody can reach."
      )
    }
  }

  private func sentence(_ spell: Reach.Spell, _ faults: FaultSpans) -> String {
    "\(spell.node) reached port \(spell.question.port) of \(target) "
      + "\(Wording.count(spell.made, "time")),"
      + faults.words(from: spell.first, to: spell.last, times: spell.made)
  }
}

extension Reach.Tally {
  /// Counts what another node tried, too.
  fileprivate mutating func add(_ other: Reach.Tally) {
    made += other.made
    refused += other.refused
    silent += other.silent
    unasked += other.unasked
  }
}
