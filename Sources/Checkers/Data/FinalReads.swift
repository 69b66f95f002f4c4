import Basics
import Histories

/// The reads by which the state at the end of a run is judged: the last successful one of every
/// replica.
struct FinalReads {
  /// Positions, in the order of the replicas' labels.
  let last: [Int32]
  /// Replicas that were asked and never answered, by name, when none answered at all.
  let silent: [String]

  init(_ additions: Additions, _ group: KeyGroup, _ history: History) {
    let add = history.function("add")
    let asked = group.positions.filter {
      history.operations[Int($0)].isFinal && history.operations[Int($0)].function != add
    }
    let reads =
      asked.isEmpty
      ? FinalReads.quiescent(additions, history)
      : additions.reads.filter { history.operations[Int($0)].isFinal }
    var byNode: [LabelID: Int32] = [:]
    for read in reads {
      let operation = history.operations[Int(read)]
      if let known = byNode[operation.node],
        history.operations[Int(known)].completionIndex > operation.completionIndex
      {
        continue
      }
      byNode[operation.node] = read
    }
    last = byNode.sorted { $0.key.index < $1.key.index }.map(\.value)
    silent =
      last.isEmpty
      ? Set(asked.compactMap { history.node(history.operations[Int($0)]) }).sorted() : []
  }

  /// Reads that began after the last addition did, and after the last fault was healed; none when
  /// a fault was never healed.
  private static func quiescent(_ additions: Additions, _ history: History) -> [Int32] {
    let faults = history.faults.filter { !$0.isAction }
    guard faults.allSatisfy({ $0.healed != nil }) else { return [] }
    let healed = faults.compactMap { $0.healConfirmed ?? $0.healed }.max() ?? .start
    return additions.reads.filter {
      let read = history.operations[Int($0)]
      return read.invocationIndex > additions.lastBeginning
        && (!history.hasTimes || read.invoked >= healed)
    }
  }
}
