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
  private let puts: [FunctionID]
  /// What may be completed with a list of elements.
  private let lists: [FunctionID]
  private var counts: [Counts] = []
  /// The moments of elements that may have gone in more than once.
  private var repeats: [Int: RepeatedElement] = [:]
  /// The beginning of the last call after which nothing was left.
  private(set) var emptied: Int32 = -1
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
    puts = ["enqueue", "publish"].compactMap { history.function($0) }
    lists = ["drain", "consume"].compactMap { history.function($0) }
    for position in group.positions {
      let operation = history.operations[Int(position)]
      if puts.contains(operation.function) {
        putIn(operation, position)
      } else if operation.outcome == .ok {
        takeOut(operation, position)
      } else if operation.outcome == .info {
        notTold(operation)
      }
    }
    if counts.contains(where: { $0.possible > 1 }) { noteRepeats() }
  }

  /// Elements that may have gone in more than once, with the moments of all that went in and came out.
  private mutating func noteRepeats() {
    for position in group.positions {
      let operation = history.operations[Int(position)]
      if puts.contains(operation.function) {
        let element = number(operation.argument)
        guard operation.outcome != .fail, counts[element].possible > 1 else { continue }
        repeats[element, default: .init()].goesIn(operation)
      } else if operation.outcome == .ok {
        forEach(takenBy: operation) { flow, value in
          let element = flow.number(value)
          guard flow.counts[element].possible > 1 else { return }
          flow.repeats[element, default: .init()].comesOut(operation)
        }
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

  private mutating func takeOut(_ operation: Operation, _ position: Int32) {
    let before = dequeuedCount
    forEach(takenBy: operation) { flow, value in flow.takeOut(value, operation, position) }
    if dequeuedCount == before || operation.function == drain { noteEmpty(operation) }
  }

  /// Does something with every element that a call took out.
  private mutating func forEach(
    takenBy operation: Operation, _ act: (inout QueueFlow, Value) -> Void
  ) {
    if operation.result.isNone { return }
    guard lists.contains(operation.function),
      let list = history.values.elements(operation.result)
    else { return act(&self, operation.result) }
    for value in list { act(&self, value) }
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

  /// Elements of which fewer came out than were acknowledged before an event, and how many fewer.
  func missing(before event: Int32 = .max) -> [(element: Int, count: Int)] {
    counts.indices.compactMap { element in
      let one = counts[element]
      guard one.acknowledged > 0 else { return nil }
      let kept =
        repeats[element]?.missing(before: event)
        ?? (one.certain < event ? Int(one.acknowledged - one.out) : 0)
      let count = kept - Int(one.perhapsOut)
      return count > 0 ? (element, count) : nil
    }
  }

  var foreign: [Int] { filter { $0.out > 0 && $0.possible == 0 && $0.failed == 0 } }
  var failed: [Int] { filter { $0.out > 0 && $0.possible == 0 && $0.failed > 0 } }
  var early: [Int] { filter { $0.possible > 0 && $0.came < $0.begun } }
  var duplicated: [Int] { filter { $0.out > max($0.possible, 1) } }
  /// Elements that came out more often than they had gone in by then, where some went in later.
  var overdrawn: [Int] {
    repeats.keys.filter { repeats[$0]!.isOverdrawn && counts[$0].came >= counts[$0].begun }
      .sorted()
  }

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
