@testable import twosite_store

/// Watches a simulation: who leads, what is applied where, and what clients saw.
///
/// Writes carry values of their own, so a value names its write, and the order in which writes were
/// applied is the only order that can explain what clients saw. An operation must not be before one
/// that had ended when it began.
struct SimulationJudge {
  /// Whether another primary may lack what was acknowledged, which is then no problem.
  var mayLose = false
  private(set) var problems: [String] = []
  private var leaders: [UInt64: Int] = [:]
  private var agreed: [UInt64: LogEntry] = [:]
  private var started: [UInt64: (key: Int, isWrite: Bool, ended: Int)] = [:]
  /// What ended, in the order of its end.
  private var ended: [(id: UInt64, key: Int, isWrite: Bool, value: UInt64, endedBefore: Int)] = []
  private var refusedWrites: Set<UInt64> = []

  mutating func look(_ status: ReplicaStatus, _ place: Int) {
    guard status.role == .leader else { return }
    if let other = leaders[status.term], other != place {
      problem("election safety: \(other) and \(place) lead in term \(status.term)")
    }
    leaders[status.term] = place
  }

  mutating func applied(_ entry: LogEntry, at place: Int) {
    if let other = agreed[entry.index], other != entry, !mayLose {
      problem("state machine safety: entry \(entry.index) of \(place)")
    }
    if agreed[entry.index] == nil || mayLose { agreed[entry.index] = entry }
  }

  mutating func begin(_ id: UInt64, key: Int, isWrite: Bool) {
    started[id] = (key, isWrite, ended.count)
  }

  mutating func done(_ id: UInt64, value: UInt64) {
    let (key, isWrite, before) = started[id]!
    ended.append((id, key, isWrite, value, before))
  }

  mutating func refused(_ id: UInt64) {
    if started[id]!.isWrite { refusedWrites.insert(id) }
  }

  /// - Parameter progressed: whether writes were acknowledged at the end of the quiet time.
  mutating func finish(machines: [Registers], progressed: Bool) {
    if !progressed { problem("liveness: nothing is acknowledged after the trouble") }
    if let first = machines.first, machines.contains(where: { $0 != first }) {
      problem("convergence: the machines differ")
    }
    if !mayLose { judgeClients() }
  }

  private mutating func judgeClients() {
    var order: [UInt64: UInt64] = [0: 0]
    for (index, entry) in agreed.sorted(by: { $0.key < $1.key }) where entry.kind == .command {
      guard let (_, value) = Registers.read(entry.command) else { continue }
      if order[value] != nil { problem("write \(value) is there twice") }
      if refusedWrites.contains(value) { problem("write \(value) was refused and is there") }
      order[value] = index
    }
    var floorAfter: [[UInt64]] = [Array(repeating: 0, count: 8)]
    for operation in ended {
      guard let place = order[operation.value] else {
        problem("acknowledged write or read value \(operation.value) is lost")
        floorAfter.append(floorAfter.last!)
        continue
      }
      let floor = floorAfter[operation.endedBefore][operation.key]
      if place < floor { problem("linearizability: \(operation) is older than what had ended") }
      var next = floorAfter.last!
      next[operation.key] = max(next[operation.key], place)
      floorAfter.append(next)
    }
  }

  private mutating func problem(_ text: String) {
    if problems.count < 20 { problems.append(text) }
  }
}
