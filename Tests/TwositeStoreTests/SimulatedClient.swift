@testable import twosite_store

/// A client of a simulation: one operation at a time.
struct SimulatedClient {
  let process: Int
  private(set) var id: UInt64?
  private(set) var node = 0
  private(set) var key = 0
  private(set) var startedAt: Duration?
  private var isWrite = false
  /// The node to ask next, where it is known.
  var leader: Int?

  init(process: Int) { self.process = process }

  mutating func begin(
    _ id: UInt64, node: Int, key: Int, isWrite: Bool, _ judge: inout SimulationJudge,
    _ now: Duration
  ) {
    (self.id, self.node, self.key, self.isWrite, startedAt) = (id, node, key, isWrite, now)
    judge.begin(id, key: key, isWrite: isWrite)
  }

  mutating func done(_ value: UInt64, _ judge: inout SimulationJudge, _ now: Duration) {
    leader = node
    judge.done(id!, value: value)
    clear()
  }

  mutating func refused(_ judge: inout SimulationJudge, _ now: Duration) {
    judge.refused(id!)
    clear()
  }

  mutating func unknown(_ judge: inout SimulationJudge, _ now: Duration) {
    if id != nil { clear() }
  }

  private mutating func clear() { (id, startedAt) = (nil, nil) }
}
