import Checking

internal import Histories

/// The part that lists and registers share: lay out the graph, search it, put cycles into words.
enum DependencyJudgement {
  /// Adds the cycles to the log.
  ///
  /// - Returns: why the search could not be finished; nil when it was.
  static func judge(
    _ edges: consuming DependencyEdges, _ text: TransactionText, into log: inout AnomalyLog,
    within budget: Budget
  ) -> String? {
    let table = text.table
    let bytes = DependencyGraph.estimatedBytes(
      transactions: table.count, edges: edges.sources.count)
    guard bytes < budget.memoryBytes else {
      return "the dependency graph would take \(bytes / 1_000_000) MB, more than the budget; "
        + "only anomalies without cycles were looked for"
    }
    guard !budget.isSpent() else {
      return "the time was up before the search for cycles; the rest was decided"
    }
    let graph = DependencyGraph(edges, table)
    let search = CycleSearch(graph, within: budget)
    for (kind, count) in search.counts { log.count(kind, count) }
    for (kind, cycle) in search.cycles {
      log.show(
        Anomaly(
          kind: kind, summary: text.sentence(cycle),
          operations: cycle.edges.map { Int(table.operation[$0.source]) }))
    }
    return search.isComplete
      ? nil : "the time was up during the search for cycles; the rest was decided"
  }
}
