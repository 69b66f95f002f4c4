import Basics
import Checking
import Histories

/// The reads by which the state at the end of a run is judged: the last successful one of every
/// replica.
struct FinalStates {
  /// Positions, in the order of the replicas' labels.
  let last: [Int32]
  /// Those of them that succeeded with what is no list: they show no state, and no earlier read
  /// does.
  let garbled: [Int32]
  /// Replicas that were asked for a final read and never answered, by name; an earlier read says
  /// nothing of the state in which they ended.
  let silent: [String]

  /// The reads marked final, or the quiescent ones where none is.
  init(_ additions: Additions, _ group: KeyGroup, _ history: History) {
    self.init(
      additions, group, history, otherwise: { FinalStates.quiescent($0, additions, history) })
  }

  /// The reads marked final, or the last of all where none is.
  init(lastOf additions: Additions, _ group: KeyGroup, _ history: History) {
    self.init(
      additions, group, history,
      otherwise: { reads in
        let last = reads.max {
          history.operations[Int($0)].completionIndex < history.operations[Int($1)].completionIndex
        }
        return last.map { [$0] } ?? []
      })
  }

  private init(
    _ additions: Additions, _ group: KeyGroup, _ history: History,
    otherwise: ([Int32]) -> [Int32]
  ) {
    let add = history.function("add")
    let asked = group.positions.filter {
      history.operations[Int($0)].isFinal && history.operations[Int($0)].function != add
    }
    let answered = additions.reads + additions.unreadable
    let reads =
      asked.isEmpty
      ? otherwise(answered) : answered.filter { history.operations[Int($0)].isFinal }
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
    let ends = byNode.sorted { $0.key.index < $1.key.index }.map(\.value)
    let unreadable = Set(additions.unreadable)
    last = ends.filter { !unreadable.contains($0) }
    garbled = ends.filter { unreadable.contains($0) }
    var unanswered = Set(asked.map { Asked(history.operations[Int($0)]) })
    for read in reads { unanswered.remove(Asked(history.operations[Int(read)])) }
    silent = Set(unanswered.compactMap { history.name($0.node) }).sorted()
  }

  /// Why nothing can be said of some replicas.
  func doubt(_ judgement: inout Judgement, _ group: KeyGroup, _ history: History) {
    for replica in silent {
      judgement.doubt("No final read\(group.suffix(history)) at \(replica) succeeded.")
    }
    for read in garbled {
      let answer = history.values.describe(history.operations[Int(read)].result)
      judgement.doubt("The last read\(group.suffix(history)) returned \(answer), no list.")
    }
  }

  /// Whether the state of every replica that was asked is known.
  var isComplete: Bool { silent.isEmpty && garbled.isEmpty }

  /// One replica of what one workload reads.
  private struct Asked: Hashable {
    let workload: LabelID
    let node: LabelID

    init(_ read: Operation) {
      workload = read.workload
      node = read.node
    }
  }

  /// Reads that began after the last addition did, and after the last fault was healed; none when
  /// a fault was never healed.
  private static func quiescent(
    _ reads: [Int32], _ additions: Additions, _ history: History
  ) -> [Int32] {
    let faults = history.faults.filter { !$0.isAction }
    guard faults.allSatisfy({ $0.healed != nil }) else { return [] }
    let healed = faults.compactMap(\.over).max() ?? .start
    return reads.filter {
      let read = history.operations[Int($0)]
      return read.invocationIndex > additions.lastBeginning
        && (!history.hasTimes || read.invoked >= healed)
    }
  }
}
