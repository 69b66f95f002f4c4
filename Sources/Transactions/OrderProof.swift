import Checking

internal import Histories

/// Puts into words why no order of versions will do: the cycle that each of them makes.
struct OrderProof {
  let text: TransactionText
  let base: DependencyEdges
  let question: OrderQuestion
  let budget: Budget

  /// How many of the decisions that a cycle rests upon are explained in their turn.
  private static let explained = 3

  /// One sentence, and the positions of the transactions that it speaks of.
  func words(_ deadEnd: VersionSolver.DeadEnd) -> (sentence: String, operations: [Int]) {
    var cycles: [Cycle] = []
    var clauses: [String] = []
    if let pair = deadEnd.pair {
      let firsts = [pair, pair.flipped]
      let both = "\(name(pair.first)) and \(name(pair.second)) both wrote \(text.key(pair.mop))"
      var ways: [String] = []
      for way in firsts {
        guard let cycle = cycle(deadEnd.decided, way) else { continue }
        cycles.append(cycle)
        ways.append("if \(name(way.first)) did first, \(text.sentence(cycle))")
      }
      clauses.append("\(both), and neither can have been first: " + ways.joined(separator: "; "))
    } else if let cycle = cycle(deadEnd.decided, nil) {
      cycles.append(cycle)
      clauses.append(text.sentence(cycle))
    }
    let assumed = deadEnd.decided.filter(\.isAssumed).map(claim)
    if !assumed.isEmpty {
      clauses[0] = "where " + assumed.prefix(4).joined(separator: ", and ") + ": " + clauses[0]
    }
    for (place, decision) in used(in: cycles, of: deadEnd.decided) {
      let before = Array(deadEnd.decided[..<place])
      guard let other = cycle(before, decision.pair.flipped) else { continue }
      cycles.append(other)
      clauses.append("\(claim(decision)), for otherwise \(text.sentence(other))")
    }
    return (clauses.joined(separator: "; "), operations(cycles))
  }

  private func name(_ writer: VersionChoices.Writer) -> String { text.name(Int(writer.mop)) }

  private func claim(_ decision: VersionSolver.Decision) -> String {
    let pair = decision.pair
    return "\(name(pair.first)) wrote \(text.key(pair.mop)) before \(name(pair.second)) wrote "
      + text.value(Int(pair.second.mop))
  }

  /// What followed and was not known from the first, where a cycle needs it.
  private func used(
    in cycles: [Cycle], of decided: [VersionSolver.Decision]
  ) -> [(place: Int, decision: VersionSolver.Decision)] {
    let edges = cycles.flatMap(\.edges)
    let used = decided.enumerated().filter { _, decision in
      !decision.isAssumed
        && edges.contains { edge in
          let first = decision.pair.first
          return edge.reason == Int(decision.pair.second.mop)
            && (edge.kind == .writeWrite && edge.source == Int(first.transaction)
              || edge.kind == .readWrite && first.readers.contains(Int32(edge.source)))
        }
    }
    return used.prefix(Self.explained).map { ($0.offset, $0.element) }
  }

  /// The smallest cycle of the class that the decisions make, together with one order of a pair.
  private func cycle(_ decided: [VersionSolver.Decision], _ pair: VersionSolver.Pair?) -> Cycle? {
    var edges = base
    for edge in (decided.map(\.pair) + [pair].compactMap(\.self)).flatMap(\.edges) {
      edges.add(Int(edge.source), Int(edge.target), edge.kind, because: Int(edge.reason))
    }
    let search = CycleSearch(DependencyGraph(edges, text.table), within: budget)
    return search.cycles.first { kind, _ in
      guard case .cycle(let cycles, let order) = kind else { return false }
      return cycles.rawValue <= question.cycles.rawValue
        && order.rawValue <= question.order.rawValue
    }?.cycle
  }

  private func operations(_ cycles: [Cycle]) -> [Int] {
    var operations: [Int] = []
    for edge in cycles.flatMap(\.edges) {
      let position = Int(text.table.operation[edge.source])
      if !operations.contains(position) { operations.append(position) }
    }
    return operations
  }
}

extension VersionSolver.Pair {
  /// A write of the key that both wrote.
  var mop: Int { Int(first.mop) }
}
