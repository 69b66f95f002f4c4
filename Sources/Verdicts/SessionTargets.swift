internal import Basics
import Histories
internal import YAML

/// What a node was at a moment, where that is one thing only: the holder of a floating address, or the leader of a
/// component. So an experiment strikes who is that, not who once was.
struct SessionTargets {
  let history: History

  /// A step as it was said, aimed at what its node was; as it was said where that is not unambiguous.
  func meant(_ step: YAMLNode, at moment: Instant) -> YAMLNode {
    guard let target = step["target"], target.entries?.count == 1, let name = target["node"]?.text
    else { return step }
    let node = NodeID(name)
    let component = step["component"]?.text
    let led = led(by: node, at: moment).filter { component == nil || component == $0 }
    let held = held(by: node, at: moment)
    let hasRoles = component.map { roles(at: moment).keys.map(\.component).contains($0) } ?? false
    let meaning: (key: String, name: String)
    switch (led.count, held.count) {
    case (1, _) where component != nil || held.isEmpty: meaning = ("leader-of", led[0])
    case (0, 1) where !hasRoles: meaning = ("owner-of", held[0])
    default: return step
    }
    let text = YAMLNode(.scalar(meaning.name, isPlain: true), at: target.mark)
    let entry = YAMLNode.Entry(key: meaning.key, mark: target.mark, value: text)
    return step.setting("target", to: YAMLNode(.mapping([entry]), at: target.mark))
  }

  /// The components that the node alone led.
  private func led(by node: NodeID, at moment: Instant) -> [String] {
    let leaders = roles(at: moment).filter {
      history.leadingWords(of: $0.key.component).contains($0.value)
    }
    let components = Set(leaders.keys.filter { $0.node == node }.map(\.component))
    return components.filter { component in
      leaders.keys.count { $0.component == component } == 1
    }.sorted()
  }

  /// The floating addresses that the node alone held.
  private func held(by node: NodeID, at moment: Instant) -> [String] {
    var owners: [String: Set<NodeID>] = [:]
    for seen in history.observations where seen.time <= moment {
      guard case .address(let name, let holder, let isHeld) = seen.fact else { continue }
      if isHeld { owners[name, default: []].insert(holder) } else { owners[name]?.remove(holder) }
    }
    return owners.filter { $0.value == [node] }.keys.sorted()
  }

  /// What each instance had said last.
  private func roles(at moment: Instant) -> [InstanceID: String] {
    var roles: [InstanceID: String] = [:]
    for seen in history.observations where seen.time <= moment {
      guard case .role(let instance, let reading) = seen.fact else { continue }
      roles[instance] = reading.answer
    }
    return roles
  }
}

extension YAMLNode {
  /// The same with another value under a key that it has.
  fileprivate func setting(_ key: String, to value: YAMLNode) -> YAMLNode {
    let changed = (entries ?? []).map { entry in
      entry.key == key ? Entry(key: key, mark: entry.mark, value: value) : entry
    }
    return YAMLNode(.mapping(changed), at: mark)
  }
}
