internal import Basics
internal import Checking
internal import Experiments
internal import Faults
internal import Stacks
internal import YAML

/// Gathers workloads and invariants of experiments, each once.
struct TrafficGathering {
  let vocabulary: Vocabulary
  private(set) var offers: [TrafficPool.Offer] = []
  private(set) var runWide: [TrafficPool.Asked] = []
  private(set) var weaknesses: Set<TrafficPool.Weakness> = []
  /// What was taken already, by its text.
  private var texts: [String: Int] = [:]
  private var names: Set<String> = []
  private var asked: Set<String> = []

  init(vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  mutating func take(_ source: TrafficPool.Source) {
    let plan = source.plan
    let expected = Set(plan.expectation.mustFail)
    for invariant in plan.invariants where expected.contains(invariant.name) {
      for step in plan.schedule where !step.isAction {
        weaknesses.insert(.init(fault: step.name, checker: invariant.checker))
      }
    }
    let written = zip(
      plan.invariants.filter { $0.unasked == nil }, source.root["invariants"]?.elements ?? [])
    let lasting = written.filter { holdsWhateverHappens($0.0, $0.1, expected: expected) }
    for workload in plan.workloads {
      guard let node = source.root["workloads"]?[workload.name] else { continue }
      take(workload, node, lasting.filter { $0.0.workload == workload.name }, of: plan)
    }
    for (invariant, node) in lasting where invariant.workload == nil {
      guard case .functions = invariant.feed else {
        if asked.insert(node.flowText).inserted {
          runWide.append(.init(checker: invariant.checker, node: node))
        }
        continue
      }
    }
  }

  private func holdsWhateverHappens(
    _ invariant: Invariant, _ node: YAMLNode, expected: Set<String>
  ) -> Bool {
    guard invariant.fault == nil, node.entries?.first?.value["fault"] == nil,
      !expected.contains(invariant.name),
      let kind = vocabulary.invariants.first(where: { $0.name == invariant.checker }),
      case .success(let meaning) = kind.meaning(invariant.settings)
    else { return false }
    return !meaning.isExcusedByFaults
  }

  private mutating func take(
    _ workload: WorkloadPlan, _ node: YAMLNode, _ invariants: [(Invariant, YAMLNode)],
    of plan: Plan
  ) {
    guard !invariants.isEmpty || isJudgedAnyway(workload, in: plan) else { return }
    // How often and by how many makes no other workload of it.
    let text = YAMLNode.drawn(node.pairs(without: ["rate", "clients", "timeout"])).flowText
    let place: Int
    if let known = texts[text] {
      place = known
      let held = offers[place].settle
      offers[place].settle = Settle(
        holds: max(held.holds, plan.settle.holds), within: max(held.within, plan.settle.within))
    } else {
      place = offers.count
      texts[text] = place
      var name = workload.name
      var number = 1
      while names.contains(name) {
        number += 1
        name = "\(workload.name)-\(number)"
      }
      names.insert(name)
      offers.append(
        .init(
          name: name, node: node, service: workload.service.name, invariants: [],
          steady: plan.steadyState, settle: plan.settle))
    }
    for (invariant, node) in invariants { ask(invariant, node, of: place) }
  }

  /// Whether a checker that nobody names judges what it does, not only when it was answered.
  private func isJudgedAnyway(_ workload: WorkloadPlan, in plan: Plan) -> Bool {
    plan.invariants.contains { invariant in
      guard invariant.unasked != nil, invariant.workload == workload.name else { return false }
      if case .functions = invariant.feed { return true }
      return false
    }
  }

  /// Under a name that is the same in every run: checker and workload.
  private mutating func ask(_ invariant: Invariant, _ node: YAMLNode, of place: Int) {
    guard let entry = node.entries?.first else { return }
    let offer = offers[place].name
    let settings = entry.value.pairs(without: ["name", "workload"])
    let text = "\(offer) \(entry.key) \(YAMLNode.drawn(settings).flowText)"
    guard asked.insert(text).inserted else { return }
    var name = "\(entry.key)-\(offer)"
    let same = offers[place].invariants.count { $0.checker == invariant.checker }
    if same > 0 { name += "-\(same + 1)" }
    let written = YAMLNode.drawn([
      (
        entry.key,
        .drawn([("name", .drawn(name)), ("workload", .drawn(offer))] + settings)
      )
    ])
    offers[place].invariants.append(.init(checker: invariant.checker, node: written))
  }
}
