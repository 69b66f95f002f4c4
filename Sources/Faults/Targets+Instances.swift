internal import Basics
internal import Histories
internal import Stacks

extension Targets {
  /// The nodes it is about as a whole.
  var nodes: [NodeID] { if case .nodes(let nodes) = kind { nodes } else { [] } }

  /// The instances it is about; for whole nodes none.
  var instances: [InstanceID] { if case .instances(let instances) = kind { instances } else { [] } }

  /// The instances it is about; for whole nodes all of theirs.
  func instances(in stack: ResolvedStack) -> [InstanceID] {
    instances + nodes.flatMap { stack.node($0)?.instances.map(\.id) ?? [] }
  }

  /// As histories keep it.
  var marks: [FaultMark.Target] {
    switch kind {
    case .nodes(let nodes): nodes.map { .node($0) }
    case .instances(let instances): instances.map { .instance($0) }
    case .path(let from, let to, _): (from + to).map { .node($0) }
    case .everything: []
    }
  }
}

/// Several acts of which each is tried, whatever became of the others.
struct Attempts {
  private var failures: [FaultError] = []

  mutating func attempt(_ act: () throws(FaultError) -> Void) {
    do { try act() } catch { failures.append(error) }
  }

  /// - Throws: everything that failed, as one error.
  func finish() throws(FaultError) {
    guard let first = failures.first else { return }
    guard failures.count > 1 else { throw first }
    throw FaultError(
      failures.map(\.attempted).joined(separator: ", "),
      failures.map(\.reason).joined(separator: "; "))
  }
}

extension Sequence {
  /// Looks at each in turn; `yes` with the sentence when all are, else `no` with the first that is not.
  func confirmed(
    _ sentence: String, _ look: (Element) throws(FaultError) -> String?
  ) throws(FaultError) -> Confirmation {
    for element in self {
      if let missing = try look(element) { return .no(missing) }
    }
    return .yes(sentence)
  }
}

/// `a, b and c`.
func listed(_ words: [some CustomStringConvertible]) -> String {
  guard words.count > 1, let last = words.last else { return words.first?.description ?? "nothing" }
  return words.dropLast().map(\.description).joined(separator: ", ") + " and " + last.description
}
