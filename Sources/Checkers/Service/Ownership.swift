import Basics
import Histories

/// When a node held an address, as one kind of observer saw it.
struct Holding {
  /// Who saw it, which decides what an overlap proves.
  enum Witness: Hashable {
    /// The node's own list, which says when it begins and when it ends.
    case addressList
    /// Claims on the wire, of which nobody says that they ended.
    case wire

    var words: String {
      switch self {
      case .addressList: "by their address lists"
      case .wire: "by their claims on the wire"
      }
    }

    /// As figures name it.
    var word: String {
      switch self {
      case .addressList: "address-list"
      case .wire: "wire"
      }
    }
  }

  let node: NodeID
  let witness: Witness
  var window: Window
  /// Not seen to have been let go when the run ended.
  var isOpen: Bool
  /// The moments of its claims on the wire; empty for an address list.
  var claims: [Instant] = []
}

/// Who held one address, and when.
///
/// The node's own address list gives intervals directly. On the wire a node only ever claims an
/// address; its claims form an interval as long as the next one follows within `claimWindow` and
/// the node's list did not lack the address in between.
struct Ownership {
  let address: String
  let holdings: [Holding]
  private let seen: [Sighting]

  /// One observation of the address.
  private struct Sighting {
    let time: Instant
    let node: NodeID
    let witness: Holding.Witness
    let isHeld: Bool
  }

  private struct Lane: Hashable {
    let node: NodeID
    let witness: Holding.Witness
  }

  init(_ address: String, _ all: [Observation], claimWindow: Duration, end: Instant) {
    self.address = address
    let seen = all.compactMap { Ownership.sighting(of: address, $0) }
    self.seen = seen
    let lists = Dictionary(grouping: seen.filter { $0.witness == .addressList }, by: \.node)
    var open: [Lane: Holding] = [:]
    var done: [Holding] = []
    for sighting in seen {
      let lane = Lane(node: sighting.node, witness: sighting.witness)
      let current = open[lane]
      switch (sighting.witness, sighting.isHeld) {
      case (_, false):
        guard var holding = open.removeValue(forKey: lane) else { continue }
        holding.window.end = sighting.time
        holding.isOpen = false
        done.append(holding)
      case (.addressList, true) where current == nil:
        open[lane] = Holding(
          node: lane.node, witness: lane.witness, window: Window(sighting.time, end), isOpen: true)
      case (.addressList, true): continue
      case (.wire, true):
        let isBroken =
          current.map {
            Self.wasAway(lists[lane.node] ?? [], from: $0.window.end, to: sighting.time)
          }
          ?? false
        if var holding = current, !isBroken,
          holding.window.end.duration(to: sighting.time) <= claimWindow
        {
          holding.window.end = sighting.time
          holding.claims.append(sighting.time)
          open[lane] = holding
        } else {
          if let current { done.append(current) }
          open[lane] = Holding(
            node: lane.node, witness: .wire, window: Window(sighting.time, sighting.time),
            isOpen: false, claims: [sighting.time])
        }
      }
    }
    holdings = (done + open.values).sorted {
      ($0.window.start, $0.node, $0.witness.word) < ($1.window.start, $1.node, $1.witness.word)
    }
  }

  /// So much earlier or later one observer may see a thing than another.
  private static let margin = Duration.milliseconds(10)

  /// Whether the node's list said, between two of its claims, that it did not have the address. The first of
  /// them may be seen after the release that it came before.
  private static func wasAway(_ list: [Sighting], from first: Instant, to next: Instant) -> Bool {
    let (start, end) = (first.advanced(by: margin), next.advanced(by: .zero - margin))
    guard start < end else { return false }
    let before = list.last { $0.time <= start }
    return before?.isHeld == false
      || list.contains { !$0.isHeld && start < $0.time && $0.time < end }
  }

  private static func sighting(of address: String, _ seen: Observation) -> Sighting? {
    switch seen.fact {
    case .address(address, let node, let isHeld):
      Sighting(time: seen.time, node: node, witness: .addressList, isHeld: isHeld)
    case .claim(address, let node, _):
      Sighting(time: seen.time, node: node, witness: .wire, isHeld: true)
    default: nil
    }
  }

  /// Who held the address at a moment: by the address lists where there are any, else whoever
  /// claimed it last on the wire.
  func owners(at moment: Instant) -> [NodeID] {
    let lists = holdings.filter { $0.witness == .addressList }
    if !lists.isEmpty {
      let holding = lists.filter {
        $0.window.start <= moment && (moment < $0.window.end || $0.isOpen)
      }
      return Set(holding.map(\.node)).sorted()
    }
    let claim = seen.last { $0.time <= moment && $0.isHeld }
    return claim.map { [$0.node] } ?? []
  }

  /// The moments after `start` at which anything changed.
  func changes(after start: Instant, until end: Instant) -> [Instant] {
    seen.map(\.time).filter { start < $0 && $0 <= end }
  }

  /// The addresses anyone was seen to own, in order.
  static func addresses(_ observations: [Observation]) -> [String] {
    Set(
      observations.compactMap { seen -> String? in
        switch seen.fact {
        case .address(let name, _, _), .claim(let name, _, _): name
        default: nil
        }
      }
    ).sorted()
  }
}
