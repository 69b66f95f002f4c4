import Basics
import Histories

/// A small history in plain numbers, which a model's specification and a person can both read.
struct TinyHistory: CustomStringConvertible {
  var operations: [TinyOperation] = []

  var description: String {
    operations.sorted { $0.began < $1.began }.map(\.description).joined(separator: "\n")
  }

  func history(_ world: World) -> History {
    var builder = HistoryBuilder()
    builder.hasTimes = false
    var events: [(at: Int, event: Event)] = []
    for operation in operations {
      var event = Event(
        process: Int32(operation.process), kind: .invoke,
        function: builder.function(operation.f),
        value: world.argument(operation, &builder.values), time: .start)
      event.key = world.key(operation)
      events.append((operation.began, event))
      guard let ended = operation.ended else { continue }
      event.kind = operation.outcome
      if operation.outcome == .ok { event.value = world.result(operation, &builder.values) }
      events.append((ended, event))
    }
    for (_, event) in events.sorted(by: { $0.at < $1.at }) {
      do { try builder.append(event) } catch { fatalError("\(error) in\n\(self)") }
    }
    return builder.finish()
  }
}

struct TinyOperation: CustomStringConvertible {
  var process: Int
  var f: String
  var arguments: [Int]
  /// What it was seen to return; nothing unless it is `ok`.
  var result: [Int] = []
  var outcome = Event.Kind.info
  var began: Int
  /// Nil when it never completed.
  var ended: Int?

  var description: String {
    "\(process) \(f) \(arguments) -> \(result) \(outcome) [\(began), \(ended.map(String.init) ?? "…")]"
  }
}

/// Whether any order explains a tiny history: every order is tried, of a dozen operations and more,
/// for what once failed is not tried again.
struct EveryOrder {
  /// What was done, and what that came to.
  private struct Standing: Hashable {
    let state: [Int]
    let done: Int
  }

  let world: World
  let operations: [TinyOperation]

  init(_ history: TinyHistory, _ world: World) {
    self.world = world
    operations = history.operations.filter { $0.outcome != .fail }
  }

  var isLinearizable: Bool {
    var refuted: Set<Standing> = []
    return explains(world.initial, done: 0, &refuted)
  }

  private func explains(_ state: [Int], done: Int, _ refuted: inout Set<Standing>) -> Bool {
    let isComplete = operations.indices.allSatisfy {
      done >> $0 & 1 == 1 || operations[$0].outcome != .ok
    }
    if isComplete { return true }
    guard refuted.insert(Standing(state: state, done: done)).inserted else { return false }
    for index in operations.indices where done >> index & 1 == 0 && mayBeNext(index, done) {
      let operation = operations[index]
      for (next, result) in world.outcomes(operation, state)
      where operation.outcome != .ok || result == nil || result == operation.result {
        if explains(next, done: done | 1 << index, &refuted) { return true }
      }
    }
    return false
  }

  private func mayBeNext(_ index: Int, _ done: Int) -> Bool {
    operations.indices.allSatisfy { other in
      done >> other & 1 == 1 || operations[other].outcome != .ok
        || operations[other].ended! > operations[index].began
    }
  }
}
