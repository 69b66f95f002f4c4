import Basics
import Histories

/// When a node held an address, as one source saw it.
struct Holding {
  let node: String
  let source: String
  var window: Window
  /// Not seen to have been let go when the run ended.
  var isOpen: Bool
  /// The moments of its claims on the wire; empty for an address list.
  var claims: [Instant] = []
}

/// Who held one address, and when.
///
/// Two kinds of sources are told apart. A source that reports both `held` and `released` (the
/// node's own address list) gives intervals directly. On the wire (`arp`) a node only ever claims
/// an address; its claims form an interval as long as the next one follows within `claimWindow`
/// and no other source saw the node let the address go in between.
struct Ownership {
  let address: String
  let holdings: [Holding]
  private let observations: [Observation]

  init(_ address: String, _ all: [Observation], claimWindow: Duration, end: Instant) {
    self.address = address
    observations = all.filter { $0.kind == .owner && $0.subject == address }
    let releases = observations.filter { $0.value == "released" }
    var open: [String: Holding] = [:]
    var done: [Holding] = []
    for seen in observations {
      let key = seen.source + "\u{0}" + seen.node
      if seen.value == "released" {
        guard var holding = open.removeValue(forKey: key) else { continue }
        holding.window.end = seen.time
        holding.isOpen = false
        done.append(holding)
      } else if seen.source == "arp" {
        if var holding = open[key], holding.continues(to: seen, claimWindow, releases) {
          holding.window.end = seen.time
          holding.claims.append(seen.time)
          open[key] = holding
        } else {
          if let finished = open[key] { done.append(finished) }
          open[key] = Holding(
            node: seen.node, source: seen.source, window: Window(seen.time, seen.time),
            isOpen: false, claims: [seen.time])
        }
      } else if open[key] == nil {
        open[key] = Holding(
          node: seen.node, source: seen.source, window: Window(seen.time, end), isOpen: true)
      }
    }
    holdings = (done + open.values).sorted {
      ($0.window.start, $0.node, $0.source) < ($1.window.start, $1.node, $1.source)
    }
  }

  /// Who held the address at a moment: by the address lists where there are any, else whoever
  /// claimed it last on the wire.
  func owners(at moment: Instant) -> [String] {
    let lists = holdings.filter { $0.source != "arp" }
    if !lists.isEmpty {
      let holding = lists.filter {
        $0.window.start <= moment && (moment < $0.window.end || $0.isOpen)
      }
      return Set(holding.map(\.node)).sorted()
    }
    let claim = observations.last { $0.time <= moment && $0.value != "released" }
    return claim.map { [$0.node] } ?? []
  }

  /// The moments after `start` at which anything changed.
  func changes(after start: Instant, until end: Instant) -> [Instant] {
    observations.map(\.time).filter { start < $0 && $0 <= end }
  }

  var isObserved: Bool { !observations.isEmpty }

  /// The addresses anyone was seen to own, in order.
  static func addresses(_ observations: [Observation]) -> [String] {
    Set(observations.lazy.filter { $0.kind == .owner }.map(\.subject)).sorted()
  }
}

extension Holding {
  fileprivate func continues(
    to claim: Observation, _ claimWindow: Duration, _ releases: [Observation]
  ) -> Bool {
    window.end.duration(to: claim.time) <= claimWindow
      && !releases.contains {
        $0.node == node && window.end <= $0.time && $0.time <= claim.time
      }
  }
}
