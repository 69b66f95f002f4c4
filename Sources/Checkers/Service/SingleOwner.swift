public import Checking
public import Basics
public import Histories

/// Never do two nodes hold one address: neither by their own address lists nor by the claims seen
/// on the wire.
///
/// Overlaps are measured between holdings seen by the same source, for two sources differ in how
/// soon they see a change. An overlap no longer than `overlap` is allowed; one that exceeds it by
/// no more than `resolution`, what the observers can tell apart, proves nothing and makes the
/// verdict unknown. On the wire two nodes are proven to hold an address when each claims it
/// between two claims of the other; an address that quickly moved there and back looks alike
/// otherwise. A node that was killed as a whole cannot give an address up, so its own list does
/// not count while it is dead; its claims on the wire do.
///
/// What happened before the steady phase, where a run has one, is the stack coming up: its first
/// election is not judged.
public struct SingleOwner: Checker {
  public static let name = "single-owner"
  public static let summary = "Never two nodes hold one address, by address list or by ARP."
  public static let schema = Schema([
    .init("address", .text, "The address; every address that was observed when unsaid."),
    .init("overlap", .duration, "How long two nodes may hold it at once (0ms when unsaid)."),
    .init("resolution", .duration, "What the observers can tell apart (10ms when unsaid)."),
    .init(
      "claim-window", .duration,
      "Two ARP claims of one node this close belong to one holding (3s when unsaid)."),
    ServiceFrame.workload,
    ServiceFrame.fault,
  ])

  let frame: ServiceFrame
  let address: String?
  let allowed: Duration
  let resolution: Duration
  let claimWindow: Duration

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    address = settings.text("address")
    allowed = settings.duration("overlap") ?? .zero
    resolution = settings.duration("resolution") ?? .milliseconds(10)
    claimWindow = settings.duration("claim-window") ?? .seconds(3)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    guard history.hasTimes else {
      return Self.nothingToJudge("The history records an order but no times.")
    }
    let addresses = address.map { [$0] } ?? Ownership.addresses(history.observations)
    let timeline = frame.timeline(of: history)
    let ownerships = addresses.map {
      Ownership($0, history.observations, claimWindow: claimWindow, end: history.end)
    }
    guard ownerships.contains(where: { !$0.holdings.isEmpty }) else {
      return Self.nothingToJudge(
        "Nobody was seen to own \(address.map { "the address \($0)" } ?? "any address").")
    }
    var judgement = Judgement()
    frame.doubtFaults(timeline, &judgement)
    var figures: [JSON] = []
    var longest = Duration.zero
    for ownership in ownerships {
      if ownership.holdings.isEmpty {
        judgement.doubt("Nobody was seen to own \(ownership.address).")
      }
      let overlaps = Overlap.all(of: ownership, dead: deaths(history.faults, history.end))
        .compactMap { $0.since(history.steadyBegin) }.filter { relevant($0, timeline) }
      for overlap in overlaps { judge(overlap, ownership.address, &judgement) }
      longest = max(longest, overlaps.map(\.window.length).max() ?? .zero)
      figures.append(Overlap.json(ownership, overlaps))
    }
    return judgement.finding(
      of: Self.self,
      held: "\(Wording.count(ownerships.count, "address")) never had two owners for longer than "
        + Wording.milliseconds(longest),
      operations: ownerships.reduce(0) { $0 + $1.holdings.count },
      figures: [
        .init("allowed", .milliseconds(allowed)), .init("resolution", .milliseconds(resolution)),
        .init("longest", .milliseconds(longest)), .init("addresses", .array(figures)),
      ])
  }

  /// With `fault`, only what happened from its injection until the next cause.
  private func relevant(_ overlap: Overlap, _ timeline: Timeline) -> Bool {
    frame.faults == nil
      || timeline.chosen.contains { timeline.horizon($0).overlap(overlap.window) != nil }
  }

  private func judge(_ overlap: Overlap, _ address: String, _ judgement: inout Judgement) {
    let length = overlap.window.length
    guard length > allowed else { return }
    let from = Instant.start.duration(to: overlap.window.start)
    let sentence =
      "\(overlap.nodes.joined(separator: " and ")) both held \(address) for "
      + "\(Wording.milliseconds(length)) from \(Wording.milliseconds(from)) on "
      + "(\(overlap.source)), allowed are \(Wording.milliseconds(allowed))"
    if !overlap.isProven {
      judgement.doubt(sentence + "; it may have moved there and back")
    } else if length > allowed + resolution {
      judgement.violated("two owners", sentence)
    } else {
      judgement.doubt(sentence + "; that is within the observers' resolution")
    }
  }

  /// When whole nodes were dead, by the faults that killed them.
  private func deaths(_ faults: [FaultMark], _ end: Instant) -> [(node: String, window: Window)] {
    let deadly: Set<String> = ["kill", "terminate", "power-off", "power-loss"]
    return faults.filter { deadly.contains($0.name) }.flatMap { fault in
      fault.targets.filter { !$0.contains("/") }
        .map { ($0, Window(fault.injected, fault.healed ?? end)) }
    }
  }
}

extension History {
  /// When the steady phase began; the very beginning in a history that has no phases.
  fileprivate var steadyBegin: Instant {
    observations.first { $0.kind == .phase && $0.subject == "steady" }?.time ?? .start
  }
}

/// Two nodes holding one address at once.
struct Overlap {
  let nodes: [String]
  let source: String
  var window: Window
  /// False where the address may as well have moved there and back between two claims.
  let isProven: Bool

  /// The part of it from a moment on; nil when nothing is left.
  func since(_ moment: Instant) -> Overlap? {
    var rest = self
    rest.window = Window(max(window.start, moment), window.end)
    return rest.window.length > .zero ? rest : nil
  }

  static func all(
    of ownership: Ownership, dead: [(node: String, window: Window)]
  ) -> [Overlap] {
    let holdings = ownership.holdings.flatMap { holding in
      holding.source == "arp" ? [holding] : holding.without(dead)
    }
    var found: [Overlap] = []
    for (position, first) in holdings.enumerated() {
      for second in holdings[(position + 1)...]
      where second.source == first.source && second.node != first.node {
        guard let window = first.window.overlap(second.window) else { continue }
        found.append(
          Overlap(
            nodes: [first.node, second.node].sorted(), source: first.source, window: window,
            isProven: first.source != "arp" || first.alternates(with: second)))
      }
    }
    return found.sorted { $0.window.start < $1.window.start }
  }

  static func json(_ ownership: Ownership, _ overlaps: [Overlap]) -> JSON {
    [
      "address": .string(ownership.address),
      "holdings": .array(
        ownership.holdings.prefix(1000).map {
          [
            "node": .string($0.node), "source": .string($0.source),
            "window": $0.window.json(from: .start),
          ]
        }),
      "overlaps": .array(
        overlaps.prefix(1000).map {
          [
            "nodes": .strings($0.nodes), "source": .string($0.source),
            "window": $0.window.json(from: .start), "length": .milliseconds($0.window.length),
          ]
        }),
    ]
  }
}

extension Holding {
  /// Whether each node claimed the address between two claims of the other.
  fileprivate func alternates(with other: Holding) -> Bool {
    func claimed(_ inner: Holding, within outer: Holding) -> Bool {
      inner.claims.contains { outer.window.start < $0 && $0 < outer.window.end }
    }
    return claimed(self, within: other) && claimed(other, within: self)
  }

  /// What is left of a holding when the times in which its node was dead are cut out.
  fileprivate func without(_ dead: [(node: String, window: Window)]) -> [Holding] {
    dead.filter { $0.node == node }.reduce([self]) { pieces, death in
      pieces.flatMap { piece -> [Holding] in
        var before = piece
        var after = piece
        before.window.end = min(piece.window.end, max(piece.window.start, death.window.start))
        after.window.start = max(piece.window.start, min(piece.window.end, death.window.end))
        guard piece.window.overlap(death.window) != nil else { return [piece] }
        return [before, after].filter { $0.window.length > .zero }
      }
    }
  }
}
