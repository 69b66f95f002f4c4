internal import Basics
internal import Faults
internal import Stacks
internal import YAML

/// Reads the steps of the method, each by itself and then all together.
struct MethodReader {
  let stack: ResolvedStack?
  private let targets: TargetReader
  private let conditions: ConditionReader
  private let chance: Chance
  private(set) var drafts: [Draft] = []
  var problems: [Problem] = []
  private(set) var warnings: [Problem] = []

  struct Draft {
    var step: Step
    let mark: Mark
    /// The label that the file gives it, or the several steps that it stands for.
    var written: String?
    /// The place of the draft that it follows, where only a running stack knows when that is over.
    var leader: Int?

    /// Whether only a running stack knows when it begins.
    var isDynamic: Bool { leader != nil || step.isDynamic }
    /// Whether only a running stack knows when it is over.
    var hasOpenEnd: Bool { leader != nil || step.hasOpenEnd }
  }

  /// - Parameters:
  ///   - workloads: the names of the experiment's workloads.
  ///   - chance: what `random` draws from.
  init(stack: ResolvedStack?, workloads: [String], chance: Chance) {
    self.stack = stack
    self.chance = chance
    targets = TargetReader(stack: stack)
    conditions = ConditionReader(stack: stack, workloads: workloads)
  }

  /// In the order of time, with dense ids.
  func schedule() -> [Step] {
    let order = drafts.indices.sorted { (drafts[$0].step.at, $0) < (drafts[$1].step.at, $1) }
    let ids = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0 + 1) })
    return order.map { index in
      var step = drafts[index].step
      step.id = ids[index] ?? 0
      step.follows = drafts[index].leader.flatMap { ids[$0] }
      return step
    }
  }

  /// Reads the whole method.
  mutating func read(_ nodes: [YAMLNode]) {
    for (place, node) in nodes.enumerated() {
      if node["random"] != nil {
        draw(node, chance.stream("random \(place)"))
      } else if node["lanes"] != nil {
        readLanes(node)
      } else {
        read(node, after: nil)
      }
    }
    let last = drafts.map { max($0.step.at, $0.step.healing.time ?? .zero) }.max()
    for draft in drafts where draft.step.healing == .atEnd && draft.isDynamic {
      problems.append(
        Problem(
          draft.mark,
          "when it begins is only known while running, so say 'for' how long it lasts"))
    }
    let isOpen = drafts.contains(where: \.hasOpenEnd)
    for draft in drafts
    where draft.step.healing == .atEnd && draft.step.at == last && !isOpen {
      problems.append(
        Problem(
          draft.mark,
          "nothing comes after it, so it would be healed at once; say 'for' how long it lasts"))
    }
  }

  /// `{at: 1s, lanes: [[…], […]]}`: lists of steps that run beside each other. In a lane each step begins
  /// when the one before it is over.
  private mutating func readLanes(_ node: YAMLNode) {
    var fields = Fields(node, of: "a step")
    let start = fields.duration("at") ?? .zero
    let lanes = fields.list("lanes")
    if lanes.isEmpty, fields.problems.isEmpty { fields.refuse("'lanes' needs lists of steps") }
    for lane in lanes where lane.elements?.isEmpty ?? true {
      fields.refuse("a lane must be a list of steps", at: lane.mark)
    }
    fields.finish(into: &problems)
    for lane in lanes {
      var before: Int?
      for step in lane.elements ?? [] {
        let count = drafts.count
        read(step, after: before, from: before == nil ? start : .zero)
        // Of several that `every` makes, the last.
        guard drafts.count > count else { break }
        before = drafts.count - 1
      }
    }
  }

  /// One step, or several that `every` makes of it.
  ///
  /// - Parameters:
  ///   - before: the place of the step before it in its lane.
  ///   - start: when its lane begins.
  private mutating func read(_ node: YAMLNode, after before: Int?, from start: Duration? = nil) {
    var fields = Fields(node, of: "a step")
    let timing = StepTiming.read(
      &fields, after: drafts, inLaneAfter: before, isInLane: start != nil, conditions)
    let template = template(&fields)
    fields.finish(into: &problems)
    guard let timing, var step = template else { return }
    let label = step.label
    step.trigger = timing.trigger
    step.slack = timing.slack
    for (turn, at) in timing.moments.enumerated() {
      if let label, timing.moments.count > 1 { step.label = "\(label)-\(turn + 1)" }
      add(
        Draft(
          step: step.starting(at: at + (start ?? .zero)), mark: node.mark, written: label,
          leader: timing.leader),
        isInLane: start != nil)
    }
  }

  mutating func add(_ draft: Draft, isInLane: Bool = false) {
    if let label = draft.step.label,
      let other = drafts.first(where: { $0.step.label == label || $0.written == label }),
      other.mark != draft.mark
    {
      problems.append(
        Problem(draft.mark, "line \(other.mark.line) has the id '\(label)' already"))
    }
    if !isInLane, let last = drafts.last, last.step.at > draft.step.at, last.mark != draft.mark {
      warnings.append(
        Problem(draft.mark, "the step before it comes later; steps are numbered in order of time"))
    }
    if let other = overlap(draft) {
      problems.append(
        Problem(
          draft.mark,
          "the same fault on the same target is still active from line \(other.mark.line)"))
    }
    drafts.append(draft)
  }

  /// A step that begins at 0, without its times; nil where something is wrong, which is noted.
  mutating func template(_ fields: inout Fields) -> Step? {
    let label = label(&fields)
    let kind = kind(&fields)
    guard let kind else {
      // What other keys mean is not known.
      for entry in fields.node.entries ?? [] { _ = fields.take(entry.key) }
      return nil
    }
    let fault = fault(kind, &fields)
    let aim = aim(kind, &fields)
    if let stack, let refusal = aim.flatMap({ fault?.refusal(aimedAt: $0, in: stack) }) {
      fields.refuse(refusal.message, at: fields.node[refusal.key]?.mark)
    }
    let healing = healing(kind, .zero, &fields)
    guard let fault, let aim else { return nil }
    return Step(id: 0, at: .zero, healing: healing, fault: fault, aim: aim, label: label)
  }

  /// A name for invariants to refer to.
  private func label(_ fields: inout Fields) -> String? {
    guard let node = fields.take("id") else { return nil }
    guard let text = node.text, Int(text) == nil, !text.isEmpty else {
      fields.refuse("'id' must be a name and no number: steps are numbered anyway", at: node.mark)
      return nil
    }
    if let problem = Problem.misnamed("a step", text, at: node.mark) {
      fields.problems.append(problem)
    }
    return text
  }

  private func kind(_ fields: inout Fields) -> (any Fault.Type)? {
    let fault = fields.take("fault")
    let action = fields.take("action")
    guard (fault == nil) != (action == nil) else {
      fields.refuse("a step needs either 'fault' or 'action'")
      return nil
    }
    guard let node = fault ?? action else { return nil }
    let known = fault != nil ? FaultCatalogue.faults : FaultCatalogue.actions
    if let kind = known.first(where: { $0.name == node.text }) { return kind }
    let what = fault != nil ? "fault" : "action"
    fields.problems.append(
      .unknown(what, node.text ?? "", among: known.map { $0.name }, at: node.mark))
    return nil
  }

  private func fault(_ kind: any Fault.Type, _ fields: inout Fields) -> (any Fault)? {
    let before = fields.problems.count
    let settings = fields.settings(kind.schema)
    guard fields.problems.count == before else { return nil }
    do {
      let fault = try kind.init(settings)
      #if CANARY
        return fault.orLeftOut
      #else
        return fault
      #endif
    } catch {
      fields.refuse(error.message, at: fields.node[error.key]?.mark)
      return nil
    }
  }

  private mutating func healing(
    _ kind: any Fault.Type, _ at: Duration, _ fields: inout Fields
  ) -> Healing {
    guard !kind.isAction else { return .never }
    guard let node = fields.take("for") else { return kind.healsAtOnce ? .at(at) : .atEnd }
    if node.text == "forever" { return .never }
    guard let length = fields.duration("for") else { return .atEnd }
    if length == .zero { fields.refuse("'for' must not be zero", at: node.mark) }
    return .at(at + length)
  }

  /// The same fault twice at a time on the same target has no meaning; different ones have.
  func overlap(_ draft: Draft) -> Draft? {
    let step = draft.step
    guard !step.isAction else { return nil }
    return drafts.first { other in
      !draft.isDynamic && !other.isDynamic && other.step.name == step.name
        && other.step.aim == step.aim && other.step.fault.part == step.fault.part
        && end(of: other.step) > step.at && end(of: step) > other.step.at
    }
  }

  func end(of step: Step) -> Duration { step.healing.time ?? .seconds(Int64.max >> 8) }
}

extension MethodReader {
  private mutating func aim(_ kind: any Fault.Type, _ fields: inout Fields) -> AimedAt? {
    switch kind.aim {
    case .everything: return .everything
    case .path: return path(&fields)
    case .nodes, .instances, .nodesOrInstances: return target(kind, &fields)
    }
  }

  private func target(_ kind: any Fault.Type, _ fields: inout Fields) -> AimedAt? {
    let target = fields.require("target").flatMap { targets.read($0, &fields.problems) }
    guard kind.aim != .nodes else { return target.map { .target($0, component: nil) } }
    let component = kind.aim == .instances ? fields.require("component") : fields.take("component")
    guard let target else { return nil }
    guard let component else {
      requirePower(kind, target, &fields)
      return .target(target, component: nil)
    }
    guard let name = component.text else {
      fields.refuse("'component' must be a name", at: component.mark)
      return nil
    }
    require(name, on: target, at: component.mark, &fields)
    return .target(target, component: name)
  }

  /// A fault of all a node's servers needs at least one.
  private func requirePower(_ kind: any Fault.Type, _ target: Target, _ fields: inout Fields) {
    guard !kind.meansBareNodes, let nodes = targets.nodes(target), !nodes.isEmpty else { return }
    if nodes.allSatisfy({ $0.instances.isEmpty }) {
      fields.refuse("no component runs on \(target), so there is nothing to \(kind.name)")
    }
  }

  private func require(
    _ component: String, on target: Target, at mark: Mark, _ fields: inout Fields
  ) {
    guard let stack else { return }
    let running = stack.instances(of: component).map(\.id.node)
    guard !running.isEmpty else {
      let known = Set(stack.nodes.flatMap(\.instances).map(\.id.component)).sorted()
      return fields.problems.append(.unknown("component", component, among: known, at: mark))
    }
    guard let nodes = targets.nodes(target), !nodes.isEmpty else { return }
    if !nodes.contains(where: { running.contains($0.id) }) {
      let where_ = running.map(\.text).joined(separator: ", ")
      fields.refuse("no '\(component)' runs on \(target); it runs on \(where_)", at: mark)
    }
  }

  /// `between: [x, y]`, `from` and `to`, or `target` for a node cut off from everyone else.
  private func path(_ fields: inout Fields) -> AimedAt? {
    let between = fields.take("between")
    let from = fields.take("from")
    let to = fields.take("to")
    let alone = fields.take("target")
    let given = [between != nil, from != nil || to != nil, alone != nil].filter { $0 }.count
    guard given == 1 else {
      fields.refuse("needs 'between' with two targets, 'from' and 'to', or 'target'")
      return nil
    }
    if let alone {
      return targets.read(alone, &fields.problems).map { .path(from: $0, to: nil, isTwoWay: true) }
    }
    let ends = between?.elements ?? [from, to].compactMap { $0 }
    guard ends.count == 2 else {
      let message = between != nil ? "'between' must name two targets" : "'from' needs a 'to'"
      fields.refuse(message, at: between?.mark ?? from?.mark ?? to?.mark)
      return nil
    }
    guard let a = targets.read(ends[0], &fields.problems),
      let b = targets.read(ends[1], &fields.problems)
    else { return nil }
    let common = Set(targets.nodes(a)?.map(\.id) ?? []).intersection(
      targets.nodes(b)?.map(\.id) ?? [])
    if let node = common.min(), a.pick == .all, b.pick == .all {
      fields.refuse("node '\(node)' is on both sides", at: ends[1].mark)
    }
    requireWay(a, b, isTwoWay: between != nil, at: ends[1].mark, &fields)
    return .path(from: a, to: b, isTwoWay: between != nil)
  }

  /// Packets are told by their addresses: what bears a router's own is no more known for somebody's.
  private func requirePlainWay(
    _ sources: [StackNode], _ destinations: [StackNode], isTwoWay: Bool, at mark: Mark,
    _ fields: inout Fields
  ) {
    guard let stack, stack.nodes.contains(where: { !$0.masquerades.isEmpty }) else { return }
    let (from, to) = (Set(sources.map(\.id)), Set(destinations.map(\.id)))
    for (source, target) in sources.flatMap({ one in destinations.map { (one.id, $0.id) } }) {
      for (source, target) in [(source, target), (target, source)] {
        let hops = stack.path(from: source, to: target) ?? []
        // On a hop that is meant itself everything is met, whatever it bears.
        let isMet = zip(hops, hops.dropFirst()).contains { one, other in
          from.contains(one) && to.contains(other)
            || isTwoWay && to.contains(one) && from.contains(other)
        }
        guard !isMet, let router = stack.masquerader(from: source, to: target) else { continue }
        return fields.refuse(
          "node '\(router)' masquerades what node '\(source)' sends to node '\(target)', so that cannot "
            + "be told from its own; aim at '\(router)' and one of them", at: mark)
      }
    }
  }

  /// Something can only happen on the way between two nodes where there is one: a network that both are
  /// on, or routes that lead from the one to the other.
  private func requireWay(
    _ a: Target, _ b: Target, isTwoWay: Bool, at mark: Mark, _ fields: inout Fields
  ) {
    guard let stack, let sources = targets.nodes(a), let destinations = targets.nodes(b),
      !sources.isEmpty, !destinations.isEmpty
    else { return }
    func isWay(_ sources: [StackNode], _ destinations: [StackNode]) -> Bool {
      sources.contains { source in
        destinations.contains { source.id != $0.id && stack.reaches(from: source.id, to: $0.id) }
      }
    }
    if isWay(sources, destinations) || (isTwoWay && isWay(destinations, sources)) {
      return requirePlainWay(sources, destinations, isTwoWay: isTwoWay, at: mark, &fields)
    }
    fields.refuse(
      "no route from \(a) to \(b): they have no network in common; give the nodes 'routes' over one "
        + "that has 'forwards: true'", at: mark)
  }
}
