import Basics
import Histories

/// What the observers saw a system do about one fault: when it noticed, and who took over.
struct Sightings {
  struct Takeover {
    /// The address, or the component whose role moved.
    let subject: String
    let node: String
    let source: String
    let moment: Instant
  }

  /// The earliest sign that the system noticed: an address let go, a role or a process changed,
  /// or somebody took over. What the fault itself did to its target is no such sign.
  private(set) var detected: Instant?
  /// The first new owner of every address, and the first new leader of every component.
  private(set) var takeovers: [Takeover] = []

  /// Roles that one node holds at a time; their names in the servers that have them.
  static let leading: Set<String> = ["primary", "leader", "master", "active"]

  /// When the last of the subjects that moved had been taken over.
  var takenOver: Instant? { takeovers.map(\.moment).max() }

  init(_ observations: [Observation], of fault: FaultMark, until end: Instant, address: String?) {
    // Who held what when the fault was injected; a node that lets go and comes back is not new.
    var holders: [Claim: Set<String>] = [:]
    var roles: [Claim: String] = [:]
    var taken: Set<String> = []
    for seen in observations where seen.time <= end {
      switch seen.kind {
      case .owner where address == nil || seen.subject == address:
        if seen.time >= fault.injected {
          judgeOwner(seen, holders, fault, &taken)
          continue
        }
        let claim = Claim(subject: seen.subject, place: seen.source)
        if seen.value == "released" {
          holders[claim]?.remove(seen.node)
        } else {
          // On the wire nobody says that they stopped: the last claim stands alone.
          if seen.source == "arp" { holders[claim] = [] }
          holders[claim, default: []].insert(seen.node)
        }
      case .role:
        let claim = Claim(subject: seen.subject, place: seen.node)
        if seen.time >= fault.injected { judgeRole(seen, before: roles[claim], fault, &taken) }
        roles[claim] = seen.value
      case .process where seen.time >= fault.injected && !fault.struck(seen):
        notice(seen.time)
      default: continue
      }
    }
  }

  private struct Claim: Hashable {
    let subject: String
    let place: String
  }

  private mutating func judgeOwner(
    _ seen: Observation, _ holders: [Claim: Set<String>], _ fault: FaultMark,
    _ taken: inout Set<String>
  ) {
    if seen.value == "released" {
      if !fault.targets.contains(seen.node) { notice(seen.time) }
      return
    }
    let before = holders.filter { $0.key.subject == seen.subject }
    guard !before.isEmpty, !before.values.contains(where: { $0.contains(seen.node) }) else {
      return
    }
    notice(seen.time)
    take(seen, &taken)
  }

  private mutating func judgeRole(
    _ seen: Observation, before: String?, _ fault: FaultMark, _ taken: inout Set<String>
  ) {
    guard let before, before != seen.value, !fault.targets.contains(seen.node) else { return }
    notice(seen.time)
    if Sightings.leading.contains(seen.value) { take(seen, &taken) }
  }

  private mutating func take(_ seen: Observation, _ taken: inout Set<String>) {
    guard taken.insert(seen.subject).inserted else { return }
    takeovers.append(
      Takeover(subject: seen.subject, node: seen.node, source: seen.source, moment: seen.time))
  }

  private mutating func notice(_ moment: Instant) { detected = min(detected ?? moment, moment) }

  /// Each takeover, in milliseconds from a moment.
  func json(from origin: Instant) -> JSON {
    .array(
      takeovers.map {
        [
          "subject": .string($0.subject), "node": .string($0.node),
          "source": .string($0.source), "at": .milliseconds(origin.duration(to: $0.moment)),
        ]
      })
  }
}

extension FaultMark {
  /// Whether an observation is of the very thing the fault was aimed at: its node, or its
  /// component on that node.
  func struck(_ seen: Observation) -> Bool {
    targets.contains(seen.node) || targets.contains("\(seen.node)/\(seen.subject)")
  }
}
