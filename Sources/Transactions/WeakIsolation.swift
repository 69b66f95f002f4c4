import Checking

internal import Histories

/// Judges the levels of `WeakLevel`, near-linearly, by saturating the commit order (Biswas and
/// Enea 2019; Møldrup and Pavlogiannis, "AWDIT: an optimal weak database isolation tester", 2025).
enum WeakIsolation {
  /// Adds what violates the first violated of the levels to the log; `versions` are the version
  /// orders that are known.
  ///
  /// - Returns: why a level could not be decided; nil when all were.
  static func judge(
    _ levels: [WeakLevel], _ history: WeakReads, versions: DependencyEdges?,
    _ text: TransactionText, into log: inout AnomalyLog, within budget: Budget
  ) -> String? {
    let bytes = text.table.verb.count * 60 + text.table.count * 140
    guard bytes < budget.memoryBytes else {
      return "the commit order would take \(bytes / 1_000_000) MB, more than the budget"
    }
    for level in levels {
      guard !budget.isSpent() else { return "the time was up before \(level) was judged" }
      var order: HappensBefore?
      if level == .causal {
        let bytes = HappensBefore.bytes(history)
        guard bytes < min(budget.memoryBytes, 4_000_000_000) else {
          return "vector clocks for causal would take \(bytes / 1_000_000) MB"
        }
        order = HappensBefore(history)
      }
      var commits = CommitOrder(history, within: budget)
      if let versions { commits.add(versions: versions) }
      commits.saturate(level, order)
      guard commits.isComplete else { return "the time was up before \(level) was judged" }
      let before = log.counts.count
      guard note(commits, level, text, into: &log, within: budget) else {
        return "the time was up before \(level) was judged"
      }
      if log.counts.count > before { return nil }
    }
    return nil
  }

  /// - Returns: false when the budget was spent first.
  private static func note(
    _ commits: CommitOrder, _ level: WeakLevel, _ text: TransactionText,
    into log: inout AnomalyLog, within budget: Budget
  ) -> Bool {
    let table = text.table
    for stale in commits.staleInitials {
      let operations = [Int(table.operation[stale.writer]), table.position(of: stale.mop)]
      log.note(.commitOrder(level), operations) {
        "\(text.name(stale.mop)) read \(text.key(stale.mop)) as it was at first with "
          + "\(text.name(transaction: stale.writer))'s write of it in sight"
      }
    }
    typealias Edge = DependencyGraph.Edge
    let view = DependencyView(
      graph: DependencyGraph(commits.edges, table),
      mask: Edge.writeWrite.mask | Edge.writeRead.mask | Edge.process.mask, bounds: nil)
    guard let components = StrongComponents(view, within: budget) else { return false }
    let bounded = DependencyView(
      graph: view.graph, mask: view.mask, bounds: components.component)
    guard components.count > 0 else { return true }
    var walk = ShortestWalk(nodeCount: bounded.nodeCount, work: 0)
    for (number, members) in components.members().enumerated() {
      let cycles = ComponentCycles(view: bounded, members: members)
      let cycle = number < 8 ? cycles.smallest(work: 4_000_000, &walk) : nil
      let isCausal = cycle.map { $0.edges.allSatisfy { $0.kind != .writeWrite } } ?? false
      let operations = cycle.map { evidence($0, table) } ?? []
      log.note(isCausal ? .causalityCycle(level) : .commitOrder(level), operations) {
        cycle.map(text.sentence) ?? "one more"
      }
    }
    return true
  }

  /// The cycle's transactions in order, then the readers that its edges speak of.
  private static func evidence(_ cycle: Cycle, _ table: TransactionTable) -> [Int] {
    var operations = cycle.edges.map { Int(table.operation[$0.source]) }
    for edge in cycle.edges where edge.kind == .writeWrite && table.verb[edge.reason] == .read {
      let reader = table.position(of: edge.reason)
      if !operations.contains(reader) { operations.append(reader) }
    }
    return operations
  }
}
