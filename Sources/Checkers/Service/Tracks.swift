import Basics
import Histories

/// What observers saw, by what they looked at, in the order of time.
struct Tracks {
  /// One look at something, and what it read.
  struct Look<Content> {
    let time: Instant
    let content: Content
  }

  /// A node came to have a floating address, or was seen to have it no more.
  struct Hold {
    let node: NodeID
    let isHeld: Bool
    /// By the node's own list, which says when it ends; else by a claim on the wire.
    let isListed: Bool
  }

  struct ProbeName: Hashable {
    let instance: InstanceID
    let name: String
  }

  /// Answers only; silence tells nothing.
  private(set) var roles: [InstanceID: [Look<String>]] = [:]
  private(set) var probes: [ProbeName: [Look<Double>]] = [:]
  private(set) var holds: [String: [Look<Hold>]] = [:]

  init(_ observations: [Observation]) {
    for seen in observations {
      switch seen.fact {
      case .role(let instance, .answer(let role)):
        roles[instance, default: []].append(Look(time: seen.time, content: role))
      case .probe(let name, let instance, .answer(let number)):
        probes[ProbeName(instance: instance, name: name), default: []]
          .append(Look(time: seen.time, content: number))
      case .address(let address, let node, let isHeld):
        let hold = Hold(node: node, isHeld: isHeld, isListed: true)
        holds[address, default: []].append(Look(time: seen.time, content: hold))
      case .claim(let address, let node, _):
        let hold = Hold(node: node, isHeld: true, isListed: false)
        holds[address, default: []].append(Look(time: seen.time, content: hold))
      default: continue
      }
    }
  }

  /// What an instance last said of its role, up to a moment.
  func role(of instance: InstanceID, at moment: Instant) -> String? {
    roles[instance]?.last { $0.time <= moment }?.content
  }

  /// Who held an address at a moment: by the nodes' own lists where there are any, else whoever
  /// claimed it last on the wire.
  func holders(of address: String, at moment: Instant) -> Set<NodeID> {
    var listed: Set<NodeID> = []
    var claimant: NodeID?
    var hasLists = false
    for look in holds[address] ?? [] {
      let hold = look.content
      if hold.isListed { hasLists = true }
      guard look.time <= moment else { continue }
      switch (hold.isListed, hold.isHeld) {
      case (true, true): listed.insert(hold.node)
      case (true, false): listed.remove(hold.node)
      case (false, _): claimant = hold.node
      }
    }
    return hasLists ? listed : Set(claimant.map { [$0] } ?? [])
  }

  /// The addresses that a node held at a moment, in order.
  func addresses(of node: NodeID, at moment: Instant) -> [String] {
    holds.keys.sorted().filter { holders(of: $0, at: moment).contains(node) }
  }
}
