import Basics
import Histories

/// What the observers saw a system do about one fault: when it noticed, and who took over.
struct Sightings {
  struct Takeover {
    /// The address, or the component whose role moved.
    let subject: String
    let node: NodeID
    let moment: Instant
  }

  /// The earliest sign that the system noticed: an address let go, a role or a process changed,
  /// or somebody took over. What the fault itself did to its target is no such sign.
  private(set) var detected: Instant?
  /// The first new owner of every address, and the first new leader of every component.
  private(set) var takeovers: [Takeover] = []

  /// When the last of the subjects that moved had been taken over.
  var takenOver: Instant? { takeovers.map(\.moment).max() }

  private let fault: FaultMark
  /// Who holds each address in the nodes' own lists, and who claimed it last on the wire.
  private var holders: [String: Set<NodeID>] = [:]
  private var claimants: [String: NodeID] = [:]
  private var roles: [InstanceID: String] = [:]
  private var taken: Set<String> = []

  /// - Parameters:
  ///   - end: nothing later is looked at.
  ///   - address: only its takeover counts; nil for every address.
  init(_ history: History, of fault: FaultMark, until end: Instant, address: String?) {
    self.fault = fault
    for seen in history.observations where seen.time <= end {
      let isAfter = seen.time >= fault.injected
      switch seen.fact {
      case .address(let name, let node, let isHeld) where address == nil || address == name:
        if isAfter {
          look(at: name, node, isHeld: isHeld, seen.time)
        } else if isHeld {
          holders[name, default: []].insert(node)
        } else {
          holders[name]?.remove(node)
        }
      case .claim(let name, let node, _) where address == nil || address == name:
        if isAfter { look(at: name, node, isHeld: true, seen.time) } else { claimants[name] = node }
      case .role(let instance, .answer(let role)):
        if isAfter { look(at: instance, role, history, seen.time) }
        roles[instance] = role
      case .process(let instance, _) where isAfter && !(fault.isOfNodes && fault.struck(instance)):
        notice(seen.time)
      default: continue
      }
    }
  }

  private mutating func look(
    at address: String, _ node: NodeID, isHeld: Bool, _ moment: Instant
  ) {
    guard isHeld else {
      if !isItself(node) { notice(moment) }
      return
    }
    let before = (holders[address] ?? []).union(claimants[address].map { [$0] } ?? [])
    guard !before.isEmpty, !before.contains(node) else { return }
    notice(moment)
    take(address, node, moment)
  }

  private mutating func look(
    at instance: InstanceID, _ role: String, _ history: History, _ moment: Instant
  ) {
    guard let before = roles[instance], before != role,
      !isItself(instance.node)
    else { return }
    notice(moment)
    if history.leadingWords(of: instance.component).contains(role) {
      take(instance.component, instance.node, moment)
    }
  }

  /// Whether a node's change may be the fault's own doing: that of its ways changes no node.
  private func isItself(_ node: NodeID) -> Bool {
    fault.isOfNodes && fault.targets.contains(.node(node))
  }

  private mutating func take(_ subject: String, _ node: NodeID, _ moment: Instant) {
    guard taken.insert(subject).inserted else { return }
    takeovers.append(Takeover(subject: subject, node: node, moment: moment))
  }

  private mutating func notice(_ moment: Instant) { detected = min(detected ?? moment, moment) }

  /// Each takeover, in milliseconds from a moment.
  func json(from origin: Instant) -> JSON {
    .array(
      takeovers.map {
        [
          "subject": .string($0.subject), "node": .string($0.node.text),
          "at": .milliseconds(origin.duration(to: $0.moment)),
        ]
      })
  }
}

extension FaultMark {
  /// Whether it was aimed at the instance, or at its node as a whole.
  func struck(_ instance: InstanceID) -> Bool {
    targets.contains(.node(instance.node)) || targets.contains(.instance(instance))
  }
}
