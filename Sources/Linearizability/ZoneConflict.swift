import Checking
import Histories

/// Why a register with unique values has no order.
struct ZoneConflict {
  let key: Value
  let kind: Kind

  enum Kind {
    /// A value was read that nobody wrote.
    case unwritten(ValueCluster)
    /// A read completed before the write of its value began.
    case early(ValueCluster)
    /// Two values must both have been there at one time.
    case overlap(ValueCluster, ValueCluster)
    /// The second value was only there while the first must have been.
    case inside(ValueCluster, ValueCluster)
  }

  /// The positions of the events that prove it: an operation that begins or completes there is
  /// part of the proof.
  private var proof: Set<Int32> {
    switch kind {
    case .unwritten(let cluster): [cluster.low]
    case .early(let cluster): [cluster.low, cluster.written]
    case .overlap(let a, let b), .inside(let a, let b):
      [a.low, a.high, a.written, b.low, b.high, b.written]
    }
  }

  /// The evidence of every conflict, fewest operations first.
  static func evidence(
    _ conflicts: [ZoneConflict], in history: History, initial: Value
  ) -> [Evidence] {
    var wanted: [Int32: [Int]] = [:]
    for (index, conflict) in conflicts.enumerated() {
      for position in conflict.proof where position != .max {
        wanted[position, default: []].append(index)
      }
    }
    var found = [[Int]](repeating: [], count: conflicts.count)
    for (position, operation) in history.operations.enumerated() {
      let proves =
        (wanted[operation.invocationIndex] ?? []) + (wanted[operation.completionIndex] ?? [])
      for conflict in proves where found[conflict].last != position {
        found[conflict].append(position)
      }
    }
    return zip(conflicts, found)
      .map { Evidence(kind: $0.word, summary: $0.sentence(history.values), operations: $1) }
      .sorted {
        ($0.operations.count, $0.operations.first ?? 0) < (
          $1.operations.count, $1.operations.first ?? 0
        )
      }
  }

  private var word: String {
    switch kind {
    case .unwritten: "unwritten"
    case .early: "read before written"
    case .overlap: "contradictory order"
    case .inside: "stale"
    }
  }

  private func sentence(_ values: Values) -> String {
    let key = key.isNone ? "" : "key \(values.describe(key)): "
    func text(_ cluster: ValueCluster) -> String { values.describe(cluster.value) }
    switch kind {
    case .unwritten(let cluster):
      return "\(key)\(text(cluster)) was read, but no write of it took effect"
    case .early(let cluster):
      return "\(key)\(text(cluster)) was read before the write of it began"
    case .overlap(let a, let b):
      return "\(key)\(text(a)) and \(text(b)) must each have been overwritten by the other"
    case .inside(let a, let b):
      return "\(key)\(text(b)) was written and read only while the value must have been "
        + text(a)
    }
  }
}
