import Histories

/// What every replica showed last, key by key.
struct ReplicaStates {
  let history: History
  private(set) var keys: [Value] = []
  /// By key: the last read at each node, in the order of the nodes.
  private(set) var reads: [[Int]] = []
  private(set) var nodes: [String] = []
  /// Nodes that were asked for a final read and never answered.
  private(set) var silent: [String] = []
  private(set) var readCount = 0
  /// By key: arguments of changes of unknown outcome.
  private var unknown: [[Value]] = []
  private var elements = Elements()

  /// Two replicas that differ.
  struct Difference {
    let nodes: [String]
    let words: String
    let operations: [Int]
    /// A change of unknown outcome that happened between both reads would explain it.
    let isExplained: Bool
  }

  init(_ history: History) {
    self.history = history
    let groups = history.byKey(history.functions)
    let read = history.function("read")
    let isFinal = history.operations.contains { $0.isFinal && $0.function == read }
    var names: Set<String> = []
    var unanswered: Set<String> = []
    for group in groups {
      var changed: Int32 = -1
      var changes: [Value] = []
      for position in group.positions {
        let operation = history.operations[Int(position)]
        guard operation.function != read else { continue }
        if operation.outcome == .info { changes.append(operation.argument) }
        if operation.outcome != .fail {
          changed = max(
            changed,
            operation.completionIndex == .max
              ? operation.invocationIndex : operation.completionIndex)
        }
      }
      var last: [LabelID: Int] = [:]
      var asked: Set<[LabelID]> = []
      var answered: Set<[LabelID]> = []
      for position in group.positions {
        let operation = history.operations[Int(position)]
        guard operation.function == read, operation.isFinal == isFinal,
          isFinal || operation.invocationIndex > changed
        else { continue }
        let replica = [operation.workload, operation.node]
        asked.insert(replica)
        guard operation.outcome == .ok else { continue }
        answered.insert(replica)
        if let name = history.node(operation) { names.insert(name) }
        readCount += 1
        last[operation.node] = Int(position)
      }
      keys.append(group.key)
      reads.append(last.sorted { $0.key.index < $1.key.index }.map(\.value))
      unknown.append(changes)
      unanswered.formUnion(asked.subtracting(answered).compactMap { history.name($0[1]) })
    }
    nodes = names.sorted()
    silent = unanswered.sorted()
  }

  /// The first two replicas that differ under a key; nil when all show the same.
  mutating func difference(underKey key: Int, isOrdered: Bool) -> Difference? {
    let reads = reads[key]
    let first = history.operations[reads[0]]
    for other in reads.dropFirst() {
      let second = history.operations[other]
      guard !history.values.areEqual(first.result, second.result) else { continue }
      let names = [first, second].map { history.node($0) ?? "an unnamed replica" }
      let operations = [reads[0], other].sorted()
      guard !isOrdered, let (left, right) = contents(first.result, second.result) else {
        return Difference(
          nodes: names,
          words: history.values.describe(first.result) + " against "
            + history.values.describe(second.result),
          operations: operations, isExplained: isExplained(key, first, second))
      }
      let onlyLeft = left.subtracting(right)
      let onlyRight = right.subtracting(left)
      guard !onlyLeft.isEmpty || !onlyRight.isEmpty else { continue }
      return Difference(
        nodes: names, words: words(onlyLeft, names[0], onlyRight, names[1]),
        operations: operations,
        isExplained: isExplained(key, onlyLeft, onlyRight, first, second))
    }
    return nil
  }

  /// The elements of two lists, or the pairs of two maps; nil when they are neither.
  private mutating func contents(_ a: Value, _ b: Value) -> (Set<Int>, Set<Int>)? {
    guard let left = parts(a), let right = parts(b) else { return nil }
    return (left, right)
  }

  private mutating func parts(_ value: Value) -> Set<Int>? {
    if let list = history.values.elements(value) {
      return Set(list.map { elements.number($0, history) })
    }
    guard let pairs = history.values.pairs(value) else { return nil }
    var found: Set<Int> = []
    for place in stride(from: pairs.startIndex, to: pairs.endIndex, by: 2) {
      let key = elements.number(pairs[place], history)
      let content = elements.number(pairs[place + 1], history)
      // A pair is told apart from elements by its sign, and from other pairs by both numbers.
      found.insert(-(key << 31 | content) - 1)
    }
    return found
  }

  private func words(_ left: Set<Int>, _ a: String, _ right: Set<Int>, _ b: String) -> String {
    [(left, a), (right, b)].filter { !$0.0.isEmpty }.map { numbers, name in
      let shown = numbers.map(describe).sorted { ($0.count, $0) < ($1.count, $1) }
      let list = shown.prefix(10).joined(separator: ", ") + (shown.count > 10 ? ", …" : "")
      return "only \(name) has \(list)"
    }.joined(separator: ", ")
  }

  private func describe(_ number: Int) -> String {
    guard number < 0 else { return history.values.describe(elements.values[number]) }
    let pair = -(number + 1)
    let key = history.values.describe(elements.values[pair >> 31])
    return key + " " + history.values.describe(elements.values[pair & (1 << 31 - 1)])
  }

  /// A register whose later read shows what a write of unknown outcome may have written.
  private func isExplained(_ key: Int, _ first: Operation, _ second: Operation) -> Bool {
    let later = first.invocationIndex < second.invocationIndex ? second : first
    return unknown[key].contains { history.values.areEqual($0, later.result) }
  }

  /// Sets that differ only in what the later read has on top, all of it of unknown outcome.
  private mutating func isExplained(
    _ key: Int, _ onlyLeft: Set<Int>, _ onlyRight: Set<Int>, _ first: Operation, _ second: Operation
  ) -> Bool {
    let isSecondLater = first.invocationIndex < second.invocationIndex
    let (onlyEarlier, onlyLater) = isSecondLater ? (onlyLeft, onlyRight) : (onlyRight, onlyLeft)
    guard onlyEarlier.isEmpty else { return false }
    let late = unknown[key].map { elements.number($0, history) }
    return onlyLater.isSubset(of: late)
  }
}
