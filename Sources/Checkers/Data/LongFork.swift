public import Checking
public import Basics
public import Histories

/// Two reads never see two writes in opposite orders.
///
/// The argument and result of an operation are lists of micro-operations `[:w key value]` and
/// `[:r key value]`; every key is written once, by an operation of its own. A read that shows one
/// write and not another says that the first came first; two reads that say the opposite of each
/// other are a fork (prohibited by snapshot isolation, allowed by parallel snapshot isolation).
public struct LongFork: Checker {
  public static let name = "long-fork"
  public static let summary = "Two reads never see two writes in opposite orders."
  public static let schema = Schema([ServiceFrame.workload])

  public var feed: Feed {
    .functions([[.init("txn", argument: .transaction)], [.init("write"), .init("read")]])
  }

  public init(_ settings: Settings) throws(SettingsError) {}

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    var judgement = Judgement()
    var scan = ForkScan(history)
    scan.learnWrites(&judgement)
    var operations = 0
    for (position, operation) in history.operations.enumerated() {
      if position & 0xfff == 0 && budget.isSpent() {
        judgement.doubt("the time budget was spent after \(position) operations.")
        break
      }
      guard operation.outcome == .ok else { continue }
      operations += 1
      scan.judge(operation, at: position, &judgement)
    }
    guard scan.judged > 0 || !judgement.violations.isEmpty else {
      return Self.nothingToJudge(
        scan.reads == 0
          ? "No read of several keys succeeded." : "No read showed one write and not another.",
        operations: operations)
    }
    return judgement.finding(
      of: Self.self,
      held: "\(Wording.count(scan.judged, "read")) that tell writes apart agree on their order",
      operations: operations,
      figures: [
        .init("reads", .integer(scan.reads)), .init("telling", .integer(scan.judged)),
        .init("forks", .integer(scan.forks)),
      ])
  }
}

private struct ForkScan {
  let history: History
  var reads = 0
  /// Reads that show one write and not another.
  var judged = 0
  var forks = 0
  private var keys = Elements()
  /// By key: the position of its write, the value written, and how that ended.
  private var writes: [(position: Int, value: Value, outcome: Operation.Outcome)?] = []
  /// By pair of keys: the first read that shows the first and not the second.
  private var orders: [Int32] = []
  private var micros: [Micro] = []
  private var seen: [Int] = []
  private var unseen: [Int] = []
  /// Each pair of keys of which one was seen first.
  private var pairs = Numbering()

  init(_ history: History) { self.history = history }

  private struct Micro {
    let isWrite: Bool
    let key: Value
    let value: Value
  }

  /// Visits the micro-operations of a list; anything else is passed over.
  private func visit(_ value: Value, _ body: (Micro) -> Void) {
    guard let list = history.values.elements(value) else { return }
    for micro in list {
      guard let parts = history.values.elements(micro), parts.count >= 3 else { continue }
      let first = parts.startIndex
      let name = history.values.text(parts[first])
      guard name == "w" || name == "r" else { continue }
      body(Micro(isWrite: name == "w", key: parts[first + 1], value: parts[first + 2]))
    }
  }

  /// Fills `micros` anew, so that no operation costs an allocation.
  private mutating func read(_ value: Value) {
    var found = micros
    micros = []
    found.removeAll(keepingCapacity: true)
    visit(value) { found.append($0) }
    micros = found
  }

  private mutating func number(_ key: Value) -> Int {
    let number = keys.number(key, history)
    if number == writes.count { writes.append(nil) }
    return number
  }

  mutating func learnWrites(_ judgement: inout Judgement) {
    for (position, operation) in history.operations.enumerated() {
      read(operation.argument)
      for micro in micros where micro.isWrite {
        let key = number(micro.key)
        if let other = writes[key], other.outcome != .fail, operation.outcome != .fail {
          judgement.doubt(
            "Key \(history.values.describe(micro.key)) was written more than once; every key may "
              + "be written once.")
        }
        if writes[key] == nil || operation.outcome != .fail {
          writes[key] = (position, micro.value, operation.outcome)
        }
      }
    }
  }

  mutating func judge(
    _ operation: Operation, at position: Int, _ judgement: inout Judgement
  ) {
    read(operation.result)
    guard !micros.isEmpty, !micros.contains(where: \.isWrite) else { return }
    reads += 1
    seen.removeAll(keepingCapacity: true)
    unseen.removeAll(keepingCapacity: true)
    for micro in micros {
      let key = number(micro.key)
      guard !micro.value.isNone else {
        unseen.append(key)
        continue
      }
      judgeValue(micro, key, position, &judgement)
      seen.append(key)
    }
    guard !seen.isEmpty, !unseen.isEmpty else { return }
    judged += 1
    for first in seen {
      for second in unseen { order(first, before: second, by: position, &judgement) }
    }
  }

  private func judgeValue(
    _ micro: Micro, _ key: Int, _ position: Int, _ judgement: inout Judgement
  ) {
    let text = history.values.describe(micro.value)
    guard let write = writes[key], history.values.areEqual(write.value, micro.value) else {
      judgement.violated("foreign", "\(text) was read and nobody wrote it", [position])
      return
    }
    if write.outcome == .fail {
      judgement.violated(
        "failed but visible", "\(text) was read although its write failed",
        [write.position, position].sorted())
    }
  }

  private mutating func order(
    _ first: Int, before second: Int, by read: Int, _ judgement: inout Judgement
  ) {
    let pair = UInt64(first) << 32 | UInt64(second)
    let opposite = UInt64(second) << 32 | UInt64(first)
    guard pairs.number(pair) == orders.count else { return }
    orders.append(Int32(read))
    guard let other = pairs.known(opposite).map({ orders[$0] }) else { return }
    forks += 1
    let (x, y) = (
      history.values.describe(keys.values[first]), history.values.describe(keys.values[second])
    )
    judgement.violated(
      "fork", "one read saw the write of \(x) and not that of \(y), another the opposite",
      Array(Set([Int(other), read] + [first, second].compactMap { writes[$0]?.position })).sorted())
  }
}
