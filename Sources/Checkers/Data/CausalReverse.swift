public import Checking
public import Basics
public import Histories

/// A read that shows a write also shows every write acknowledged before that one began.
///
/// Operations are `write` (or `add`, `insert`) of unique values and `read` of the list of all that
/// is visible. A read that shows the later write without the earlier one breaks strict
/// serializability.
public struct CausalReverse: Checker {
  public static let name = "causal-reverse"
  public static let summary = "A read that shows a write shows all that was acknowledged before it."
  public static let schema = Schema([ServiceFrame.workload])

  public var feed: Feed {
    .functions(["write", "add", "insert"].map { [.init($0), .init("read", result: .list)] })
  }

  public init(_ settings: Settings) throws(SettingsError) {}

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let groups = history.byKey(["write", "add", "insert", "read"])
    var judgement = Judgement()
    var reads = 0
    var telling = 0
    var reversed = 0
    for group in groups where !judgement.isSpent(budget) {
      var scan = ReverseScan(history, group)
      scan.run(budget, &judgement)
      reads += scan.reads.count
      telling += scan.telling
      reversed += scan.reversed
    }
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard telling > 0 else {
      return Self.nothingToJudge(
        reads == 0
          ? "No read of a list succeeded."
          : "No read showed a write that began after another was acknowledged.",
        operations: operations)
    }
    return judgement.finding(
      of: Self.self,
      held: "\(Wording.count(telling, "read")) showed no write without those before it",
      operations: operations,
      figures: [
        .init("reads", .integer(reads)), .init("telling", .integer(telling)),
        .init("reversed", .integer(reversed)),
      ])
  }
}

/// The reads of one key against its writes in the order of their acknowledgement.
private struct ReverseScan {
  let history: History
  let group: KeyGroup
  private(set) var reads: [Int32] = []
  private(set) var telling = 0
  private(set) var reversed = 0
  private var elements = Elements()
  /// By element: the position of its write, -1 for none; the beginning; the acknowledgement.
  private var writer: [Int32] = []
  private var begun: [Int32] = []
  private var acknowledged: [Int32] = []

  init(_ history: History, _ group: KeyGroup) {
    self.history = history
    self.group = group
    let read = history.function("read")
    for position in group.positions {
      let operation = history.operations[Int(position)]
      if operation.function == read {
        if operation.outcome == .ok && history.values.elements(operation.result) != nil {
          reads.append(position)
        }
        continue
      }
      guard operation.outcome != .fail else { continue }
      let element = number(operation.argument)
      writer[element] = position
      begun[element] = min(begun[element], operation.invocationIndex)
      acknowledged[element] = min(acknowledged[element], operation.deadlineIndex)
    }
  }

  private mutating func number(_ value: Value) -> Int {
    let element = elements.number(value, history)
    if element == writer.count {
      writer.append(-1)
      begun.append(.max)
      acknowledged.append(.max)
    }
    return element
  }

  mutating func run(_ budget: Budget, _ judgement: inout Judgement) {
    // Acknowledgements in order: how many came before an event is a search away.
    let order = acknowledged.filter { $0 != .max }.sorted()
    var stamp = [Int32](repeating: -1, count: writer.count)
    for read in reads where !judgement.isSpent(budget) {
      let visible = history.values.elements(history.operations[Int(read)].result)!
      var latest = -1
      var numbers: [Int] = []
      numbers.reserveCapacity(visible.count)
      for value in visible {
        let element = number(value)
        if element >= stamp.count { stamp.append(-1) }
        guard writer[element] >= 0, stamp[element] != read else { continue }
        stamp[element] = read
        numbers.append(element)
        if latest < 0 || begun[element] > begun[latest] { latest = element }
      }
      guard latest >= 0 else { continue }
      let needed = rank(begun[latest], order)
      guard needed > 0 else { continue }
      telling += 1
      let had = numbers.reduce(0) { $0 + (acknowledged[$1] < begun[latest] ? 1 : 0) }
      if had < needed { report(read, latest, stamp, &judgement) }
    }
  }

  /// How many of the sorted events are smaller.
  private func rank(_ event: Int32, _ order: [Int32]) -> Int {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if order[middle] < event { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func report(
    _ read: Int32, _ latest: Int, _ stamp: [Int32], _ judgement: inout Judgement
  ) {
    reversed += 1
    guard judgement.evidence.count < Judgement.mostEvidence else { return }
    let missing = writer.indices.first {
      acknowledged[$0] < begun[latest] && stamp[$0] != read
    }
    guard let missing else { return }
    let early = history.values.describe(elements.values[missing])
    let late = history.values.describe(elements.values[latest])
    judgement.violated(
      "reversed",
      "a read\(group.suffix(history)) showed \(late) and not \(early), which was acknowledged "
        + "before \(late) began",
      [Int(writer[missing]), Int(writer[latest]), Int(read)].sorted())
  }
}
