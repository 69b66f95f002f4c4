internal import Basics
internal import Faults
internal import Stacks
internal import YAML

/// What experiments on the stack told a fault: of a port, a path or an address nobody knows but who knows the stack.
struct LearntSettings: Sendable {
  /// The fault's name.
  let fault: String
  /// On which component; nil where none is named.
  let component: String?
  /// On nodes of which roles; empty where that cannot be told, as of a way.
  let roles: Set<String>
  /// The settings alone.
  let settings: [(String, YAMLNode)]

  /// Of every fault in a method, those that are drawn included; each once.
  static func all(in roots: [YAMLNode], about stack: ResolvedStack) -> [LearntSettings] {
    var found: [LearntSettings] = []
    var seen: Set<String> = []
    for step in roots.flatMap({ $0["method"]?.elements ?? [] }).flatMap(steps) {
      guard let name = step["fault"]?.text,
        let kind = FaultCatalogue.faults.first(where: { $0.name == name })
      else { continue }
      let keys = Set(kind.schema.keys.map(\.name))
      let settings = (step.entries ?? []).filter { keys.contains($0.key) }
        .map { ($0.key, $0.value) }
      let component = step["component"]?.text
      let roles = roles(of: step["target"], in: stack)
      let text =
        "\(name) \(component ?? "") \(roles.sorted()) \(YAMLNode.drawn(settings).flowText)"
      guard seen.insert(text).inserted else { continue }
      found.append(
        LearntSettings(fault: name, component: component, roles: roles, settings: settings))
    }
    return found
  }

  private static func roles(of target: YAMLNode?, in stack: ResolvedStack) -> Set<String> {
    if let role = target?["role"]?.text { return [role] }
    if let node = target?["node"]?.text {
      return Set(stack.nodes.filter { $0.id.text == node }.map(\.role))
    }
    if let component = target?["leader-of"]?.text {
      let nodes = Set(stack.instances(of: component).map(\.id.node))
      return Set(stack.nodes.filter { nodes.contains($0.id) }.map(\.role))
    }
    guard let name = target?["owner-of"]?.text,
      let preferred = stack.address(named: name)?.preferred.flatMap({ stack.node($0) })
    else { return [] }
    return [preferred.role]
  }

  /// Whether it is about such an aim: its component, and its role.
  func fits(_ aim: DrawnAim) -> Bool {
    let component = aim.keys.first { $0.0 == "component" }?.1.text
    guard self.component == nil || self.component == component else { return false }
    return roles.isEmpty
      || roles.contains { aim.role == $0 || aim.role == "\($0) \(CoverageCell.inCharge)" }
  }

  private static func steps(_ node: YAMLNode) -> [YAMLNode] {
    if let random = node["random"] { return random["faults"]?.elements ?? [] }
    if let lanes = node["lanes"]?.elements { return lanes.flatMap { $0.elements ?? [] } }
    return [node]
  }
}

/// Draws what a fault is told.
struct SettingsDrawing: Sendable {
  let kind: any Fault.Type
  /// Of this fault, on the component that is meant or on none.
  let learnt: [LearntSettings]

  /// Half of the time what an experiment said, else values of the schema; nil where a key must be set that only who
  /// knows the stack can set.
  func settings(_ chance: inout Chance) -> [(String, YAMLNode)]? {
    if !learnt.isEmpty, chance.roll(Ratio(0.5)) { return pick(&chance)?.settings }
    var found: [(String, YAMLNode)] = []
    for key in kind.schema.keys {
      // What may be left out often is: one change at a time tells more.
      let share = Ratio(key.samples.isEmpty ? 0.2 : 0.5)
      guard key.isRequired || chance.roll(share) else { continue }
      if let value = value(of: key, &chance) {
        found.append((key.name, .drawn(value)))
      } else if key.isRequired {
        return pick(&chance)?.settings
      }
    }
    return found
  }

  private func pick(_ chance: inout Chance) -> LearntSettings? {
    learnt.isEmpty ? nil : learnt[chance.below(learnt.count)]
  }

  private func value(of key: Schema.Key, _ chance: inout Chance) -> String? {
    var values = key.samples
    if values.isEmpty {
      switch key.kind {
      case .choice(let words): values = words
      case .flag: values = ["true", "false"]
      default: return nil
      }
    }
    return values[chance.below(values.count)]
  }
}
