internal import Basics
internal import Faults
internal import Stacks
internal import YAML

/// Reads whom something is aimed at and makes sure that they exist.
struct TargetReader {
  static let selectors = ["node", "role", "site", "owner-of", "leader-of"]

  /// Nil while the stack could not be resolved; then names are not judged.
  let stack: ResolvedStack?

  func read(_ node: YAMLNode, _ problems: inout [Problem]) -> Target? {
    var fields = Fields(node, of: "a target")
    let pick = fields.choice("pick", Target.Pick.allCases.map(\.rawValue))
    var found: [Target.Selector] = []
    for key in Self.selectors {
      guard let value = fields.take(key) else { continue }
      guard let name = value.text else {
        fields.refuse("'\(key)' must be a name", at: value.mark)
        continue
      }
      found.append(selector(key, name, at: value.mark, &fields.problems))
    }
    // A role in a site is those of the role that are there.
    var site: SiteID?
    if found.count == 2, case .role = found[0], case .site(let within) = found[1] {
      site = within
      found.removeLast()
    }
    if found.count != 1, fields.problems.isEmpty, node.entries != nil {
      fields.refuse(
        "a target needs exactly one of " + Self.selectors.joined(separator: ", ")
          + ", or a role and a site")
    }
    fields.finish(into: &problems)
    guard found.count == 1 else { return nil }
    let target = Target(
      found[0], pick: pick.flatMap { Target.Pick(rawValue: $0) } ?? .all, site: site)
    if site != nil, let stack, target.nodes(in: stack)?.isEmpty == true {
      problems.append(Problem(node.mark, "there is no \(target)"))
    }
    return target
  }

  private func selector(
    _ key: String, _ name: String, at mark: Mark, _ problems: inout [Problem]
  ) -> Target.Selector {
    func require(_ what: String, _ known: [String]) {
      guard stack != nil, !known.contains(name) else { return }
      problems.append(.unknown(what, name, among: Set(known).sorted(), at: mark))
    }
    let nodes = stack?.nodes ?? []
    switch key {
    case "node":
      require("node", nodes.map(\.id.text))
      return .node(NodeID(name))
    case "role":
      require("role", nodes.map(\.role))
      return .role(name)
    case "site":
      require("site", stack?.sites.map(\.id.text) ?? [])
      return .site(SiteID(name))
    case "owner-of":
      require("address", stack?.addresses.map(\.name) ?? [])
      return .owner(of: name)
    default:
      let instances = nodes.flatMap(\.instances)
      require("component", instances.map(\.id.component))
      let meant = instances.filter { $0.id.component == name }
      if !meant.isEmpty, meant.allSatisfy({ $0.role == nil }) {
        problems.append(Problem(mark, "'\(name)' has no role query, so nobody can tell its leader"))
      }
      return .leader(of: name)
    }
  }

  /// The nodes it could mean; nil when that is only known while running.
  func nodes(_ target: Target) -> [StackNode]? {
    stack.flatMap { target.nodes(in: $0) }
  }
}
