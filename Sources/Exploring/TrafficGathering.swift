internal import Basics
internal import Checking
internal import Experiments
internal import Faults
internal import Stacks
internal import Workloads
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
  /// Of invariants of the whole run, by what they are about: their places, and how much they leave.
  private var widths: [String: (place: Int, width: Duration)] = [:]

  init(vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  mutating func take(_ source: TrafficPool.Source) {
    let plan = source.plan
    let expected = Set(plan.expectation.mustFail)
    for invariant in plan.invariants where expected.contains(invariant.name) {
      for step in plan.schedule where !step.isAction {
        weaknesses.insert(.init(fault: step.name, checker: invariant.checker))
        guard type(of: step.fault).aim == .path else { continue }
        // What parts nodes from each other does so in whatever shape.
        for kind in FaultCatalogue.faults where kind.drawsOrder {
          weaknesses.insert(.init(fault: kind.name, checker: invariant.checker))
        }
      }
    }
    let written = zip(
      plan.invariants.filter { $0.unasked == nil }, source.root["invariants"]?.elements ?? [])
    let lasting = written.filter { holdsWhateverHappens($0.0, $0.1, expected: expected) }
    for workload in plan.workloads {
      guard let node = source.root["workloads"]?[workload.name] else { continue }
      take(workload, node, lasting.filter { $0.0.workload == workload.name }, of: plan)
    }
    for (invariant, node) in lasting where invariant.workload == nil { ask(invariant, node) }
  }

  /// Of the whole run: once of each subject, with the widest bounds that any experiment leaves.
  private mutating func ask(_ invariant: Invariant, _ node: YAMLNode) {
    if case .functions = invariant.feed { return }
    let kind = vocabulary.invariants.first { $0.name == invariant.checker }
    switch kind?.unasked {
    // Those are asked anyway, and as the component itself says.
    case .everyRun, .exclusiveRoles, .secrets: return
    default: break
    }
    let settings = node.entries?.first?.value.pairs(without: ["name"]) ?? []
    let bounds = settings.filter { $0.1.text.flatMap { Duration(text: $0) } != nil }
    let subject =
      invariant.checker + " "
      + YAMLNode.drawn(settings.filter { pair in !bounds.contains { $0.0 == pair.0 } }).flowText
    let width = bounds.compactMap { $0.1.text.flatMap { Duration(text: $0) } }.max() ?? .zero
    if let known = widths[subject] {
      guard width > known.width else { return }
      widths[subject]?.width = width
      runWide[known.place] = written(invariant, settings, known.place)
    } else {
      widths[subject] = (runWide.count, width)
      runWide.append(written(invariant, settings, runWide.count))
    }
  }

  private func written(
    _ invariant: Invariant, _ settings: [(String, YAMLNode)], _ place: Int
  ) -> TrafficPool.Asked {
    let before = runWide[..<place].count { $0.checker == invariant.checker }
    let name = before > 0 ? "\(invariant.checker)-\(before + 1)" : invariant.checker
    return .init(
      checker: invariant.checker,
      node: .drawn([(invariant.checker, .drawn([("name", .drawn(name))] + settings))]))
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
    // How often and by how many makes no other workload of it.
    let text = YAMLNode.drawn(node.pairs(without: ["rate", "clients", "timeout", "from"])).flowText
    let place: Int
    if let known = texts[text] {
      place = known
      let held = offers[place].settle
      offers[place].settle = Settle(
        holds: max(held.holds, plan.settle.holds), within: max(held.within, plan.settle.within),
        quiet: max(held.quiet, plan.settle.quiet))
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
          name: name, node: node, service: workload.service.name,
          rate: workload.load.lowest, natural: natural(workload), invariants: [],
          steady: plan.steadyState, settle: plan.settle))
    }
    for (invariant, node) in invariants { ask(invariant, node, of: place) }
  }

  /// When all are taken: what says nothing of data is measured only, for whether it is served again in the end is asked
  /// of every run.
  mutating func finish() {
    for place in offers.indices where offers[place].checkers.isEmpty { measure(place) }
  }

  private mutating func measure(_ place: Int) {
    guard let kind = vocabulary.invariants.first(where: { $0.unasked == .whereNothingElse }) else {
      return
    }
    let settings: [(String, YAMLNode)] = [
      ("name", .drawn("\(kind.name)-\(offers[place].name)")),
      ("workload", .drawn(offers[place].name)), ("at-least", .drawn("0%")),
      ("during", .drawn("steady")),
    ]
    offers[place].isMeasured = true
    offers[place].invariants.append(
      .init(checker: kind.name, node: .drawn([(kind.name, .drawn(settings))])))
  }

  /// The checkers that are asked although nobody names them, because of what it does.
  private func natural(_ workload: WorkloadPlan) -> [String] {
    let offered =
      vocabulary.workloads.first { $0.name == workload.kind }?
      .functions(workload.settings).map(\.signature) ?? []
    return vocabulary.invariants.filter { kind in
      guard case .success(let meaning) = kind.meaning(.none), case .functions = meaning.feed else {
        return false
      }
      return kind.unasked.isNatural(for: offered, fedBy: meaning.feed)
    }.map(\.name)
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
