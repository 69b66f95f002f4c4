public import Checking
public import Basics
public import Histories

/// Never do two nodes hold one address: neither by their own address lists nor by the claims seen
/// on the wire.
///
/// Overlaps are measured between holdings seen by the same kind of observer, for two kinds differ
/// in how soon they see a change. An overlap no longer than `overlap` is allowed; one that exceeds it by
/// no more than `resolution`, what the observers can tell apart, proves nothing and makes the
/// verdict unknown. On the wire two nodes are proven to hold an address when each claims it
/// between two claims of the other; an address that quickly moved there and back looks alike
/// otherwise. A node without power cannot give an address up, so its own list does not count while
/// it is off; its claims on the wire do. An overlap that a stall of the harness could have made
/// proves nothing.
///
/// What happened before the steady phase, where a run has one, is the stack coming up: its first
/// election is not judged.
public struct SingleOwner: Checker {
  public static let name = "single-owner"
  public static let summary = "Never two nodes hold one address, by their lists or on the wire."
  public static let schema = Schema([
    .init("address", .text, "The address; without it, every address that was observed."),
    .init("overlap", .duration, "How long two nodes may hold it at once.", default: "0ms"),
    .init("resolution", .duration, "What the observers can tell apart.", default: "10ms"),
    .init(
      "claim-window", .duration,
      "Two claims of one node on the wire this close belong to one holding.", default: "3s"),
    ServiceFrame.workload,
    ServiceFrame.fault,
  ])

  let frame: ServiceFrame
  let address: String?
  let allowed: Duration
  let resolution: Duration
  let claimWindow: Duration

  public var isExcusedByFaults: Bool { false }

  public var feed: Feed { .observations }

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
    let stalls = Stalls(history)
    let dead = history.powerless
    var figures: [JSON] = []
    var longest = Duration.zero
    for ownership in ownerships {
      if ownership.holdings.isEmpty {
        judgement.doubt("Nobody was seen to own \(ownership.address).")
      }
      let overlaps = Overlap.all(of: ownership, dead: dead)
        .compactMap { $0.since(history.began(.steady) ?? .start) }
        .filter { relevant($0, timeline) }
      for overlap in overlaps { judge(overlap, ownership.address, stalls, &judgement) }
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

  private func judge(
    _ overlap: Overlap, _ address: String, _ stalls: Stalls, _ judgement: inout Judgement
  ) {
    let length = overlap.window.length
    guard length > allowed else { return }
    let from = Instant.start.duration(to: overlap.window.start)
    let sentence =
      "\(overlap.nodes.map(\.text).joined(separator: " and ")) both held \(address) for "
      + "\(Wording.milliseconds(length)) from \(Wording.milliseconds(from)) on "
      + "(\(overlap.witness.words)), at most \(Wording.milliseconds(allowed)) may be"
    let stalled = stalls.length(in: overlap.window)
    if !overlap.isProven {
      judgement.doubt(sentence + "; it may have moved there and back")
    } else if length - stalled > allowed + resolution {
      judgement.violated("two owners", sentence, during: overlap.window.span)
    } else if length > allowed + resolution {
      judgement.doubt(Stalls.doubt(sentence, stalled))
    } else {
      judgement.doubt(sentence + "; that is within the observers' resolution")
    }
  }
}

extension History {
  /// When nodes were without power.
  fileprivate var powerless: [(node: NodeID, window: Window)] {
    var since: [NodeID: Instant] = [:]
    var windows: [(node: NodeID, window: Window)] = []
    for seen in observations {
      guard case .power(let node, let isOn) = seen.fact else { continue }
      if !isOn {
        since[node] = since[node] ?? seen.time
      } else if let start = since.removeValue(forKey: node) {
        windows.append((node, Window(start, seen.time)))
      }
    }
    let rest = since.sorted { $0.key < $1.key }.map { ($0.key, Window($0.value, end)) }
    return windows + rest
  }
}

/// Two nodes holding one address at once.
struct Overlap {
  let nodes: [NodeID]
  let witness: Holding.Witness
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
    of ownership: Ownership, dead: [(node: NodeID, window: Window)]
  ) -> [Overlap] {
    let holdings = ownership.holdings.flatMap { holding in
      holding.witness == .wire ? [holding] : holding.without(dead)
    }
    var found: [Overlap] = []
    for (position, first) in holdings.enumerated() {
      for second in holdings[(position + 1)...]
      where second.witness == first.witness && second.node != first.node {
        guard let window = first.window.overlap(second.window) else { continue }
        found.append(
          Overlap(
            nodes: [first.node, second.node].sorted(), witness: first.witness, window: window,
            isProven: first.witness != .wire || first.alternates(with: second)))
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
            "node": .string($0.node.text), "witness": .string($0.witness.word),
            "window": $0.window.json(from: .start),
          ]
        }),
      "overlaps": .array(
        overlaps.prefix(1000).map {
          [
            "nodes": .strings($0.nodes.map(\.text)), "witness": .string($0.witness.word),
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
  fileprivate func without(_ dead: [(node: NodeID, window: Window)]) -> [Holding] {
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
