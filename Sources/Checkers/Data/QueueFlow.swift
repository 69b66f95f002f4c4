import Checking
import Histories

/// What went into one queue and what came out, by element: in by `enqueue` or `publish`, out by the rest.
struct QueueFlow {
  let history: History
  let group: KeyGroup
  private(set) var elements = Elements()
  private(set) var attempted = 0
  private(set) var acknowledged = 0
  private(set) var dequeuedCount = 0
  /// Dequeues that may have taken an element, and nobody knows which.
  private(set) var unknownDequeues = 0
  private(set) var hasUnknownDrain = false
  private let drain: FunctionID?
  private let dequeue: FunctionID?
  private var counts: [Counts] = []
  /// The beginning of the last call after which nothing was left.
  private var emptied: Int32 = -1
  /// Whether only calls of the end tell that nothing is left.
  private let hasEnd: Bool

  private struct Counts {
    /// Enqueues that were acknowledged, may have happened (with those), and failed.
    var acknowledged: Int32 = 0
    var possible: Int32 = 0
    var failed: Int32 = 0
    var out: Int32 = 0
    /// Dequeues of unknown outcome that may have taken this very element.
    var perhapsOut: Int32 = 0
    var enqueue: Int32 = -1
    var dequeue: Int32 = -1
    var lastDequeue: Int32 = -1
    /// The first event of an enqueue that may have happened, and the first completed dequeue.
    var begun = Int32.max
    var came = Int32.max
    /// The last acknowledgement of an enqueue.
    var certain: Int32 = -1
  }

  /// - Parameter hasEnd: whether the history marks calls of its end; while traffic goes on, "nothing" may mean
  ///   nothing yet.
  init(_ history: History, _ group: KeyGroup, hasEnd: Bool) {
    self.history = history
    self.group = group
    self.hasEnd = hasEnd
    drain = history.function("drain")
    dequeue = history.function("dequeue")
    let puts = ["enqueue", "publish"].compactMap { history.function($0) }
    let lists = ["drain", "consume"].compactMap { history.function($0) }
    for position in group.positions {
      let operation = history.operations[Int(position)]
      if puts.contains(operation.function) {
        putIn(operation, position)
      } else if operation.outcome == .ok {
        if operation.function == drain { noteEmpty(operation) }
        takeOut(operation, position, mayBeList: lists.contains(operation.function))
      } else if operation.outcome == .info {
        notTold(operation)
      }
    }
  }

  private mutating func number(_ value: Value) -> Int {
    let element = elements.number(value, history)
    if element == counts.count { counts.append(Counts()) }
    return element
  }

  private mutating func putIn(_ operation: Operation, _ position: Int32) {
    attempted += 1
    let element = number(operation.argument)
    if counts[element].enqueue < 0 { counts[element].enqueue = position }
    guard operation.outcome != .fail else {
      counts[element].failed += 1
      return
    }
    counts[element].possible += 1
    counts[element].begun = min(counts[element].begun, operation.invocationIndex)
    guard operation.outcome == .ok else { return }
    acknowledged += 1
    counts[element].acknowledged += 1
    counts[element].certain = max(counts[element].certain, operation.completionIndex)
    counts[element].enqueue = position
  }

  private mutating func takeOut(_ operation: Operation, _ position: Int32, mayBeList: Bool) {
    let list = mayBeList ? history.values.elements(operation.result) : nil
    if operation.result.isNone || list?.isEmpty == true { noteEmpty(operation) }
    if let list {
      for value in list { takeOut(value, operation, position) }
    } else if !operation.result.isNone {
      takeOut(operation.result, operation, position)
    }
  }

  private mutating func noteEmpty(_ operation: Operation) {
    if operation.isFinal || !hasEnd { emptied = max(emptied, operation.invocationIndex) }
  }

  private mutating func takeOut(_ value: Value, _ operation: Operation, _ position: Int32) {
    dequeuedCount += 1
    let element = number(value)
    counts[element].out += 1
    counts[element].came = min(counts[element].came, operation.completionIndex)
    if counts[element].dequeue < 0 { counts[element].dequeue = position }
    counts[element].lastDequeue = position
  }

  /// An unknown outcome; whoever dequeued may have seen what it was about to take.
  private mutating func notTold(_ operation: Operation) {
    if operation.function == drain {
      hasUnknownDrain = true
    } else if operation.function == dequeue, !operation.result.isNone {
      counts[number(operation.result)].perhapsOut += 1
    } else {
      unknownDequeues += 1
    }
  }

  private func filter(_ isWanted: (Counts) -> Bool) -> [Int] {
    counts.indices.filter { isWanted(counts[$0]) }
  }

  var lost: [Int] { filter { $0.out + $0.perhapsOut < $0.acknowledged } }
  var foreign: [Int] { filter { $0.out > 0 && $0.possible == 0 && $0.failed == 0 } }
  var failed: [Int] { filter { $0.out > 0 && $0.possible == 0 && $0.failed > 0 } }
  var early: [Int] { filter { $0.possible > 0 && $0.came < $0.begun } }
  var duplicated: [Int] { filter { $0.out > max($0.possible, 1) } }
  /// Whether nothing was left by a call that began after an element was acknowledged.
  func wasEmpty(after element: Int) -> Bool { counts[element].certain < emptied }

  /// Whether a history marks calls of its end that take elements out.
  static func hasEnd(_ history: History) -> Bool {
    let takes = ["dequeue", "drain", "consume"].compactMap { history.function($0) }
    return history.operations.contains { $0.isFinal && takes.contains($0.function) }
  }

  /// How many elements came out beyond those whose enqueue was acknowledged.
  var recovered: Int {
    counts.reduce(0) { $0 + Int(max(0, min($1.out, $1.possible) - $1.acknowledged)) }
  }

  /// One sentence for all elements of a kind, and evidence for each.
  func violate(
    _ kind: String, _ found: [Int], _ what: String, _ judgement: inout Judgement
  ) {
    guard let first = found.first else { return }
    let list = Wording.list(found.map { elements.values[$0] }, history)
    judgement.violated(
      kind,
      "\(Wording.count(found.count, "element"))\(group.suffix(history)) \(what): \(list)",
      shown(first))
    for element in found.dropFirst().prefix(Judgement.mostEvidence) {
      judgement.show(
        kind, "\(history.values.describe(elements.values[element])) \(what)", shown(element))
    }
  }

  private func shown(_ element: Int) -> [Int] {
    let one = counts[element]
    return Set([one.enqueue, one.dequeue, one.lastDequeue].filter { $0 >= 0 }).map { Int($0) }
      .sorted()
  }
}
