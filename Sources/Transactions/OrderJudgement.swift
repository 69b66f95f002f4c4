import Checking

internal import Histories

/// Judges the models that some order of versions must answer, where the history leaves orders open.
struct OrderJudgement {
  let text: TransactionText
  let choices: VersionChoices
  /// The dependencies of every order.
  let base: DependencyEdges
  /// What each transaction read and wrote, where a played order may show that all is well.
  let prints: Footprints?
  /// An order that versions are said to be in keeps no less than this.
  var leastOrder = AnomalyKind.Order.data
  let budget: Budget

  private var table: TransactionTable { text.table }

  /// Adds what no order explains to the log.
  ///
  /// - Returns: why a model is still open.
  func judge(_ models: [ConsistencyModel], into log: inout AnomalyLog) -> String? {
    guard !choices.isEmpty else { return nil }
    var answered: [OrderQuestion] = []
    for model in models.sorted(by: Self.isStronger) {
      guard !ConsistencyModel.violated(by: log.counts.keys).contains(model),
        let question = question(of: model), !answered.contains(where: { $0.answers(question) })
      else { continue }
      if let found = playedOrder(for: question) {
        answered.append(found)
        continue
      }
      switch solve(question) {
      case .possible: answered.append(question)
      case .impossible(let deadEnds): note(deadEnds, question, into: &log)
      case .open(let reason):
        return "the versions of \(choices.groups.count) keys can be in many orders; whether one "
          + "makes the history \(model.rawValue) is open: \(reason)"
      }
    }
    return nil
  }

  private static func isStronger(_ a: ConsistencyModel, _ b: ConsistencyModel) -> Bool {
    a.implied.count > b.implied.count
  }

  /// Real time that the history does not tell cannot be asked for.
  private func question(of model: ConsistencyModel) -> OrderQuestion? {
    guard let question = OrderQuestion(model), question.order == .realtime,
      !table.hasRealTimeOrder
    else { return OrderQuestion(model) }
    return OrderQuestion(question.cycles, .process)
  }

  /// Small histories are solved at once; in a large one an order is played first, the strongest
  /// that there may be, for the more is known the less is to be tried.
  private func playedOrder(for question: OrderQuestion) -> OrderQuestion? {
    guard let prints, prints.count > 40 else { return nil }
    let strongest: AnomalyKind.Order = table.hasRealTimeOrder ? .realtime : .process
    var attempts = [OrderQuestion(.g2Item, strongest), OrderQuestion(.g2Item, question.order)]
    if question.cycles != .g2Item {
      attempts += [
        OrderQuestion(.gNonadjacent, strongest), OrderQuestion(.gNonadjacent, question.order),
      ]
    }
    for (place, attempt) in attempts.enumerated()
    where attempt.answers(question) && attempt.order.rawValue >= leastOrder.rawValue
      && !attempts[..<place].contains(attempt)
    {
      var search = CommitSearch(table, prints, attempt, within: budget)
      if search.findsAnOrder() { return attempt }
    }
    return nil
  }

  private func solve(_ question: OrderQuestion) -> VersionSolver.Answer {
    let nodes = table.count + base.hubCount
    if let refusal = VersionSolver.refusal(choices, nodes: nodes, question, within: budget) {
      return .open(refusal)
    }
    let edges = base.layered + OrderEdges.of(table, question.order)
    var solver = VersionSolver(choices, edges, nodeCount: nodes, question, within: budget)
    return solver.answer()
  }

  private func note(
    _ deadEnds: [VersionSolver.DeadEnd], _ question: OrderQuestion, into log: inout AnomalyLog
  ) {
    let proof = OrderProof(text: text, base: base, question: question, budget: budget)
    for deadEnd in deadEnds {
      let (sentence, operations) = proof.words(deadEnd)
      log.note(question.anomaly, operations) { sentence }
    }
  }
}

extension DependencyEdges {
  /// The same edges one by one.
  var layered: [LayeredReach.Edge] {
    sources.indices.map {
      LayeredReach.Edge(
        source: sources[$0], target: targets[$0], kind: kinds[$0], reason: reasons[$0])
    }
  }
}

/// The order of transactions as edges, each to the next only.
enum OrderEdges {
  static func of(
    _ table: TransactionTable, _ order: AnomalyKind.Order
  ) -> [LayeredReach.Edge] {
    switch order {
    case .data: []
    case .process: process(table)
    case .realtime: realtime(table)
    }
  }

  private static func process(_ table: TransactionTable) -> [LayeredReach.Edge] {
    var edges: [LayeredReach.Edge] = []
    var last: [Int32: Int32] = [:]
    for transaction in 0..<table.count where !table.isAborted(transaction) {
      if let previous = last[table.process[transaction]] {
        edges.append(
          LayeredReach.Edge(
            source: previous, target: Int32(transaction), kind: .process, reason: -1))
      }
      if table.isOk(transaction) { last[table.process[transaction]] = Int32(transaction) }
    }
    return edges
  }

  /// From what completed before, but for what lies before another such.
  private static func realtime(_ table: TransactionTable) -> [LayeredReach.Edge] {
    let completed = (0..<table.count).filter { table.isOk($0) }
      .sorted { table.deadline[$0] < table.deadline[$1] }
    var edges: [LayeredReach.Edge] = []
    var frontier: [Int] = []
    var next = 0
    for transaction in 0..<table.count where !table.isAborted(transaction) {
      while next < completed.count,
        table.deadline[completed[next]] < table.invoked[transaction]
      {
        let done = completed[next]
        frontier.removeAll { table.deadline[$0] < table.invoked[done] }
        frontier.append(done)
        next += 1
      }
      for earlier in frontier {
        edges.append(
          LayeredReach.Edge(
            source: Int32(earlier), target: Int32(transaction), kind: .realtime, reason: -1))
      }
    }
    return edges
  }
}
