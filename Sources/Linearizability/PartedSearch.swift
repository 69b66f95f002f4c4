import Checking
import Histories

/// Splits a history into the independent parts of a model and searches each of them.
struct PartedSearch<Model: SequentialModel> {
  let model: Model
  private let parts: [(part: Value, entries: Range<Int>)]
  private let entries: [Search<Model>.Entry]
  private let calls: [Model.Call]
  private let natures: [Nature]
  /// By call: the latest deadline of a call that needs what it brings about.
  private let neededUntil: [Int32]
  /// Whether anything that returned could have been refused.
  let isConstrained: Bool
  /// Why the model cannot judge the history; nil when it can.
  let obstacle: Obstacle?

  struct Obstacle {
    let operation: Int
    let reason: String
  }

  var partCount: Int { parts.count }

  /// Reads the operations for which `isIncluded` holds.
  init(_ history: History, _ context: ModelContext, where isIncluded: (Operation) -> Bool) {
    var reader = PartReader<Model>(Model(context, history))
    for position in history.operations.indices {
      let operation = history.operations[position]
      guard context.counts(operation), isIncluded(operation) else { continue }
      reader.read(operation, at: position, isOpen: operation.outcome == .info)
      if reader.obstacle != nil { break }
    }
    model = reader.model
    calls = reader.calls
    natures = reader.natures
    isConstrained = reader.isConstrained
    obstacle = reader.obstacle
    neededUntil = reader.neededUntil()
    (parts, entries) = reader.grouped()
  }

  /// One outcome for every part, smallest first, so that a spent budget leaves few undecided.
  ///
  /// - Parameter stopsAtFirst: Whether parts after the first one without an order are left out.
  func run(within budget: Budget, stopsAtFirst: Bool) -> [PartOutcome] {
    let order = parts.indices.sorted {
      (parts[$0].entries.count, $0) < (parts[$1].entries.count, $1)
    }
    var outcomes: [PartOutcome] = []
    for index in order {
      let (part, range) = parts[index]
      var search = Search(
        model, part: part, entries: entries[range], calls: calls, natures: natures,
        neededUntil: neededUntil, budget: budget)
      let outcome = search.run()
      outcomes.append(
        PartOutcome(
          part: part, calls: range.count, verdict: outcome.verdict, explored: outcome.explored,
          peakConfigurations: outcome.peakConfigurations, peakBytes: outcome.peakBytes,
          decided: outcome.decided, failure: outcome.failure))
      if stopsAtFirst, outcome.verdict == .invalid { break }
    }
    return outcomes
  }
}

/// What became of one part of a history.
struct PartOutcome {
  var part: Value
  var calls: Int
  var verdict: Verdict
  var explored: Int
  var peakConfigurations: Int
  var peakBytes: Int
  var decided: Int
  var failure: Failure?
}

/// Collects the calls of each part.
private struct PartReader<Model: SequentialModel> {
  var model: Model
  var calls: [Model.Call] = []
  var natures: [Nature] = []
  var isConstrained = false
  var obstacle: PartedSearch<Model>.Obstacle?
  private var numbers: [Model.Call: Int32] = [:]
  private var parts: [Value] = []
  private var partNumbers: [Value: Int32] = [:]
  private var entries: [Search<Model>.Entry] = []
  private var entryParts: [Int32] = []

  init(_ model: Model) { self.model = model }

  mutating func read(_ operation: Operation, at position: Int, isOpen: Bool) {
    switch model.meaning(of: operation) {
    case .nothing: return
    case .foreign(let reason): obstacle = .init(operation: position, reason: reason)
    case .call(let call, let part):
      let number = number(of: call)
      let nature = natures[Int(number)]
      if isOpen, nature == .reading { return }
      if !isOpen, nature.isRefusable { isConstrained = true }
      entries.append(
        .init(
          operation: Int32(position), call: number, began: operation.invocationIndex,
          deadline: isOpen ? .max : operation.completionIndex))
      entryParts.append(self.number(ofPart: part))
    }
  }

  private mutating func number(of call: Model.Call) -> Int32 {
    if let number = numbers[call] { return number }
    let number = Int32(calls.count)
    numbers[call] = number
    calls.append(call)
    natures.append(model.nature(of: call))
    return number
  }

  private mutating func number(ofPart part: Value) -> Int32 {
    if let number = partNumbers[part] { return number }
    let number = Int32(parts.count)
    partNumbers[part] = number
    parts.append(part)
    return number
  }

  /// By call: until when somebody may need what it brings about.
  func neededUntil() -> [Int32] {
    var until = [Int32](repeating: -1, count: calls.count)
    for entry in entries {
      until[Int(entry.call)] = max(until[Int(entry.call)], entry.deadline)
    }
    var tokens: [Model.Token: Int32] = [:]
    var anything: Int32 = -1
    for (call, deadline) in zip(calls, until) {
      switch model.need(of: call) {
      case .nothing: break
      case .one(let token): tokens[token] = max(tokens[token] ?? -1, deadline)
      case .all(let needed):
        for token in needed { tokens[token] = max(tokens[token] ?? -1, deadline) }
      case .anything: anything = max(anything, deadline)
      }
    }
    return calls.map { call in
      model.effect(of: call).map { max(anything, tokens[$0] ?? -1) } ?? .max
    }
  }

  /// The entries, part by part, each part in the order of invocation.
  consuming func grouped() -> ([(part: Value, entries: Range<Int>)], [Search<Model>.Entry]) {
    var starts = [Int](repeating: 0, count: parts.count + 1)
    for part in entryParts { starts[Int(part) + 1] += 1 }
    for part in parts.indices { starts[part + 1] += starts[part] }
    let ranges = parts.indices.map { (part: parts[$0], entries: starts[$0]..<starts[$0 + 1]) }
    guard parts.count > 1 else { return (ranges, entries) }
    var next = starts
    var sorted = entries
    for (entry, part) in zip(entries, entryParts) {
      sorted[next[Int(part)]] = entry
      next[Int(part)] += 1
    }
    return (ranges, sorted)
  }
}
