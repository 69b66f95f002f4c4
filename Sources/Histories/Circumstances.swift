public import Basics

/// What a stack was doing when a fault was injected.
public enum StackState: String, Hashable, Sendable, CaseIterable {
  /// Nothing else had happened for a while.
  case steady
  /// Somebody else had just come to lead, or to hold a floating address.
  case afterChange = "after-change"
  /// Another fault was active.
  case besideFault = "beside-fault"
  /// Another fault had just been healed, and the stack was recovering.
  case besideHeal = "beside-heal"

  /// In a few words for a person.
  public var words: String {
    switch self {
    case .steady: "steady"
    case .afterChange: "after a change"
    case .besideFault: "beside a fault"
    case .besideHeal: "while one heals"
    }
  }
}

/// What observers knew of a stack at the moments at which its faults were injected.
public struct Circumstances: Sendable {
  /// So long after a change of the leader or of an address, or after the beginning of a heal, it still counts.
  public static let recent = Duration.seconds(1)

  private struct Look {
    let time: Instant
    let subject: String
    let node: NodeID
    let isInCharge: Bool
  }

  /// Who led a component or had an address, or did no more; in the order of time.
  private let looks: [Look]
  /// When another than before came to be in charge.
  private let changes: [Instant]
  private let faults: [FaultMark]

  /// Of a whole run.
  public init(_ history: History) {
    faults = history.faults.filter { !$0.isAction }
    var words: [String: Set<String>] = [:]
    looks = history.observations.compactMap { seen in
      switch seen.fact {
      case .role(let instance, .answer(let role)):
        let component = instance.component
        let leading = words[component] ?? history.leadingWords(of: component)
        words[component] = leading
        return Look(
          time: seen.time, subject: "leader of \(component)", node: instance.node,
          isInCharge: leading.contains(role))
      case .address(let address, let node, let isHeld):
        return Look(
          time: seen.time, subject: "owner of \(address)", node: node, isInCharge: isHeld)
      default: return nil
      }
    }
    var heads: [String: Set<NodeID>] = [:]
    var last: [String: NodeID] = [:]
    var changes: [Instant] = []
    for look in looks {
      guard look.isInCharge else {
        heads[look.subject]?.remove(look.node)
        continue
      }
      // Who goes on being in charge changes nothing, whoever else has come to be.
      guard heads[look.subject, default: []].insert(look.node).inserted else { continue }
      if let before = last[look.subject], before != look.node { changes.append(look.time) }
      last[look.subject] = look.node
    }
    self.changes = changes
  }

  /// What the stack was doing when a fault was injected; of several things, the first of: a change, an active fault, a
  /// heal.
  public func state(at mark: FaultMark) -> StackState {
    let moment = mark.injected
    if changes.contains(where: { $0 <= moment && moment <= $0.advanced(by: Self.recent) }) {
      return .afterChange
    }
    let others = faults.filter { $0.id != mark.id && $0.confirmed != nil && $0.injected <= moment }
    if others.contains(where: { $0.healed.map { moment < $0 } ?? true }) { return .besideFault }
    let isRecovering = others.contains { other in
      guard let healed = other.healed else { return false }
      return moment <= max(other.healConfirmed ?? healed, healed.advanced(by: Self.recent))
    }
    return isRecovering ? .besideHeal : .steady
  }

  /// Those of the nodes that a fault struck which led a component or had a floating address, as they were last seen
  /// before it was injected.
  public func inCharge(among mark: FaultMark) -> [NodeID] {
    struct Place: Hashable {
      let subject: String
      let node: NodeID
    }
    var known: [Place: Bool] = [:]
    for look in looks where look.time <= mark.injected {
      known[Place(subject: look.subject, node: look.node)] = look.isInCharge
    }
    let heads = Set(known.filter(\.value).map(\.key.node))
    return Set(mark.targets.map(\.node)).intersection(heads).sorted()
  }
}

extension FaultMark.Target {
  /// The node that it is, or is on.
  public var node: NodeID {
    switch self {
    case .node(let node): node
    case .instance(let instance): instance.node
    }
  }
}
