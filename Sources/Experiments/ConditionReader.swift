internal import Basics
internal import Faults
internal import Stacks
internal import YAML

/// Reads what a step waits for, or what ends a run, and makes sure that it can be seen.
struct ConditionReader {
  static let kinds = ["leader-of", "owner-of", "operations", "probe", "bad", "latency"]

  /// Nil while the stack could not be resolved; then names are not judged.
  let stack: ResolvedStack?
  /// The names of the experiment's workloads.
  let workloads: [String]

  /// Nil where something is wrong, which is noted.
  func read(_ node: YAMLNode, of what: String, _ problems: inout [Problem]) -> Condition? {
    var fields = Fields(node, of: what)
    let given = Self.kinds.filter { node[$0].map { !$0.isNull } ?? false }
    guard given.count == 1 else {
      if node.entries != nil {
        fields.refuse("\(what) needs exactly one of " + Self.kinds.joined(separator: ", "))
      }
      for entry in node.entries ?? [] { _ = fields.take(entry.key) }
      fields.finish(into: &problems)
      return nil
    }
    let condition = condition(given[0], &fields)
    let length = length(&fields)
    let isRight = fields.problems.isEmpty
    fields.finish(into: &problems)
    guard isRight, let condition else { return nil }
    return length.map { .lasting(condition, $0) } ?? condition
  }

  private func condition(_ kind: String, _ fields: inout Fields) -> Condition? {
    switch kind {
    case "leader-of": leader(&fields)
    case "owner-of": owner(&fields)
    case "operations":
      fields.count(kind, 1...1_000_000_000).map { .served($0, workload: workload(&fields)) }
    case "probe": probe(&fields)
    case "latency": slow(&fields)
    default: bad(&fields)
    }
  }

  /// `for: 5s`: what must hold for so long; nil at one look.
  private func length(_ fields: inout Fields) -> Duration? {
    let length = fields.duration("for")
    if length == .zero { fields.refuse("'for' must not be zero", at: fields.node["for"]?.mark) }
    return length
  }

  private func leader(_ fields: inout Fields) -> Condition? {
    guard let name = fields.text("leader-of") else { return nil }
    let instances = stack?.nodes.flatMap(\.instances) ?? []
    require("component", name, among: instances.map(\.id.component), "leader-of", &fields)
    let meant = instances.filter { $0.id.component == name }
    if !meant.isEmpty, meant.allSatisfy({ $0.roleQuery == nil }) {
      fields.refuse(
        "'\(name)' has no role query, so nobody can tell its leader",
        at: fields.node["leader-of"]?.mark)
    }
    return .leader(of: name, change(meant.map(\.id.node), &fields))
  }

  private func owner(_ fields: inout Fields) -> Condition? {
    guard let name = fields.text("owner-of") else { return nil }
    require("address", name, among: stack?.addresses.map(\.name) ?? [], "owner-of", &fields)
    return .owner(of: name, change(stack?.nodes.map(\.id) ?? [], &fields))
  }

  /// `is: NODE`; without it, another node than before.
  private func change(_ nodes: [NodeID], _ fields: inout Fields) -> Condition.Change {
    guard let name = fields.text("is") else { return .moved }
    require("node", name, among: nodes.map(\.text), "is", &fields)
    return .to(NodeID(name))
  }

  private func probe(_ fields: inout Fields) -> Condition? {
    let name = fields.text("probe") ?? ""
    let place = fields.requiredText("of") ?? ""
    let bound = bound(&fields)
    let parts = place.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      if !place.isEmpty {
        fields.refuse("'of' must be a node and its component: db-a/db", at: fields.node["of"]?.mark)
      }
      return nil
    }
    let id = InstanceID(node: NodeID(parts[0]), component: parts[1])
    let instances = stack?.nodes.flatMap(\.instances) ?? []
    require("instance", place, among: instances.map(\.id.description), "of", &fields)
    if let instance = stack?.instance(id) {
      require("probe", name, among: instance.probes.map(\.name), "probe", &fields)
    }
    return bound.map { .probe(name, of: id, $0) }
  }

  private func bound(_ fields: inout Fields) -> Condition.Bound? {
    let above = fields.number("above")
    let below = fields.number("below")
    guard (above == nil) != (below == nil) else {
      fields.refuse("'probe' needs either 'above' or 'below'")
      return nil
    }
    return above.map { .above($0) } ?? below.map { .below($0) }
  }

  private func bad(_ fields: inout Fields) -> Condition? {
    let share = fields.ratio("bad")
    let length = fields.duration("over") ?? .seconds(5)
    if share == Ratio.none {
      fields.refuse("the share must not be zero", at: fields.node["bad"]?.mark)
    }
    if length < .milliseconds(100) {
      fields.refuse("'over' must be 100ms at least", at: fields.node["over"]?.mark)
    }
    return share.map { .bad($0, over: length, workload: workload(&fields)) }
  }

  private func slow(_ fields: inout Fields) -> Condition? {
    let bound = fields.duration("latency")
    let share = fields.ratio("share") ?? Ratio(0.01)
    let length = fields.duration("over") ?? .seconds(5)
    if bound == .zero {
      fields.refuse("'latency' must not be zero", at: fields.node["latency"]?.mark)
    }
    if share == Ratio.none {
      fields.refuse("the share must not be zero", at: fields.node["share"]?.mark)
    }
    if length < .milliseconds(100) {
      fields.refuse("'over' must be 100ms at least", at: fields.node["over"]?.mark)
    }
    return bound.map {
      .slow(beyond: $0, share: share, over: length, workload: workload(&fields))
    }
  }

  private func workload(_ fields: inout Fields) -> String? {
    guard let name = fields.text("workload") else { return nil }
    if !workloads.contains(name) {
      fields.problems.append(
        .unknown(
          "workload", name, among: workloads.sorted(),
          at: fields.node["workload"]?.mark ?? fields.mark))
    }
    return name
  }

  private func require(
    _ what: String, _ name: String, among known: [String], _ key: String, _ fields: inout Fields
  ) {
    guard stack != nil, !known.contains(name) else { return }
    fields.problems.append(
      .unknown(
        what, name, among: Set(known).sorted(), at: fields.node[key]?.mark ?? fields.mark))
  }
}
