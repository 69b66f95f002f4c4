import Checking

/// Finds the kinds of cycles in a dependency graph, each with the smallest cycle that shows it.
///
/// A cycle is reported only where no cheaper one explains it: the data alone before process order
/// before real time, and within each G0, G1c, G-single, G-nonadjacent, G2-item. That a kind is
/// there or not is decided exactly, by strongly connected components; only the choice of a small
/// cycle is bounded by effort.
struct CycleSearch {
  /// The cycles to show, the worst kind first.
  private(set) var cycles: [(kind: AnomalyKind, cycle: Cycle)] = []
  /// How many separate components show a kind.
  private(set) var counts: [AnomalyKind: Int] = [:]
  /// False when the budget was spent before every kind was decided.
  private(set) var isComplete = true

  private let graph: DependencyGraph
  private let budget: Budget
  private var found: [(kind: AnomalyKind.CycleClass, order: AnomalyKind.Order, node: Int)] = []
  /// How many cycles of one kind are shown.
  private static let shownPerKind = 8
  /// Edges looked at for a small cycle, by component.
  private static let workPerComponent = 4_000_000

  init(_ graph: DependencyGraph, within budget: Budget) {
    self.graph = graph
    self.budget = budget
    // Real time holds process order too, where it is known; so without a cycle there is none at all.
    let everything = DependencyView(
      graph: graph, mask: Self.mask(.realtime, .g2Item) | DependencyGraph.Edge.process.mask,
      bounds: nil)
    guard let whole = StrongComponents(everything, within: budget) else {
      isComplete = false
      return
    }
    guard whole.count > 0 else { return }
    for order in AnomalyKind.Order.allCases where isComplete {
      search(order, inside: whole)
    }
  }

  private static func mask(_ order: AnomalyKind.Order, _ kind: AnomalyKind.CycleClass) -> UInt8 {
    typealias Edge = DependencyGraph.Edge
    var mask = Edge.writeWrite.mask
    if kind != .g0 { mask |= Edge.writeRead.mask }
    if kind.rawValue >= AnomalyKind.CycleClass.gSingle.rawValue { mask |= Edge.readWrite.mask }
    switch order {
    case .data: return mask
    case .process: return mask | Edge.process.mask
    case .realtime: return mask | Edge.realtime.mask
    }
  }

  private mutating func search(_ order: AnomalyKind.Order, inside whole: StrongComponents) {
    let all = DependencyView(
      graph: graph, mask: Self.mask(order, .g2Item), bounds: whole.component)
    guard let bounds = StrongComponents(all, within: budget) else { return isComplete = false }
    guard bounds.count > 0 else { return }
    for kind in [AnomalyKind.CycleClass.g0, .g1c, .gSingle, .g2Item] where isComplete {
      let view = DependencyView(
        graph: graph, mask: Self.mask(order, kind), bounds: bounds.component)
      if kind == .gSingle {
        searchNonadjacent(order, view)
      } else {
        searchPlain(kind, order, view)
      }
    }
  }

  private mutating func searchPlain(
    _ kind: AnomalyKind.CycleClass, _ order: AnomalyKind.Order, _ view: DependencyView
  ) {
    guard let components = StrongComponents(view, within: budget) else {
      return isComplete = false
    }
    let covered = explained(kind, order) { components.component[$0] }
    guard components.count > 0 else { return }
    var walk = ShortestWalk(nodeCount: view.nodeCount, work: 0)
    for (number, members) in components.members().enumerated() where !covered.contains(number) {
      let isShown = (counts[.cycle(kind, order)] ?? 0) < Self.shownPerKind
      let cycle =
        isShown
        ? ComponentCycles(view: view, members: members)
          .smallest(work: Self.workPerComponent, &walk) : nil
      note(kind, order, cycle, node: members.first { $0 < graph.transactionCount }.map(Int.init))
    }
  }

  private mutating func searchNonadjacent(_ order: AnomalyKind.Order, _ view: DependencyView) {
    let double = NonadjacentView(base: view)
    guard let components = StrongComponents(double, within: budget) else {
      return isComplete = false
    }
    guard components.count > 0 else { return }
    let covered = explained(.gNonadjacent, order) { components.component[2 * $0] }
    var walk = ShortestWalk(nodeCount: double.nodeCount, work: 0)
    for (number, members) in components.members().enumerated() where !covered.contains(number) {
      let inside = NonadjacentCycles(
        double: double, members: members, component: components.component)
      let shown =
        (counts[.cycle(.gSingle, order)] ?? 0) + (counts[.cycle(.gNonadjacent, order)] ?? 0)
      let (kind, cycle) = inside.smallest(
        work: budget.isSpent() ? 0 : Self.workPerComponent, classifyOnly: shown > 64, &walk)
      note(kind, order, shown < Self.shownPerKind ? cycle : nil, node: inside.representative)
    }
  }

  /// The components in which a cheaper kind was found already.
  private func explained(
    _ kind: AnomalyKind.CycleClass, _ order: AnomalyKind.Order, component: (Int) -> Int32
  ) -> Set<Int> {
    var covered: Set<Int> = []
    for cheaper in found
    where cheaper.kind.rawValue <= kind.rawValue && cheaper.order.rawValue <= order.rawValue {
      covered.insert(Int(component(cheaper.node)))
    }
    return covered
  }

  private mutating func note(
    _ kind: AnomalyKind.CycleClass, _ order: AnomalyKind.Order, _ cycle: Cycle?, node: Int?
  ) {
    let anomaly = AnomalyKind.cycle(kind, order)
    counts[anomaly, default: 0] += 1
    if let node = cycle?.edges.first(where: { $0.kind == .readWrite })?.source
      ?? cycle?.edges.first?.source ?? node
    {
      found.append((kind, order, node))
    }
    if let cycle { cycles.append((anomaly, cycle)) }
  }
}
