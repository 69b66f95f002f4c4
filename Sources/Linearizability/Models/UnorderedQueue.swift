import Histories

/// A queue that gives elements back in any order: a multiset.
///
/// Unless a dequeue found the queue empty, every operation touches one value, so each value is a
/// part of its own; and a dequeue of unknown outcome can be left out, for taking an element away
/// never makes another operation possible.
struct UnorderedQueue: SequentialModel {
  /// The numbers of its values, sorted, so that equal multisets are equal.
  typealias State = [Int]

  enum Call: Hashable {
    case enqueue(Int)
    case dequeue(Int)
    case foundEmpty
  }

  private var context: ModelContext
  private var numbers: [Value: Int] = [:]
  private var elements: [Value] = []
  private let foundEmpty: Bool

  init(_ context: ModelContext, _ history: History) {
    self.context = context
    foundEmpty = history.operations.contains {
      context.role(of: $0) == .dequeue && $0.outcome == .ok && $0.result.isNone
    }
  }

  mutating func meaning(of operation: Operation) -> Meaning<Call> {
    switch context.role(of: operation) {
    case .enqueue:
      let value = context.canonical(operation.argument)
      return .call(.enqueue(number(of: value)), part: part(operation, value))
    case .dequeue where operation.outcome != .ok:
      guard foundEmpty else { return .nothing }
      return .foreign("a dequeue of unknown outcome may have emptied the queue")
    case .dequeue where operation.result.isNone: return .call(.foundEmpty, part: operation.key)
    case .dequeue:
      let value = context.canonical(operation.result)
      return .call(.dequeue(number(of: value)), part: part(operation, value))
    default: return context.foreign(operation, to: "unordered-queue")
    }
  }

  private mutating func number(of value: Value) -> Int {
    if let number = numbers[value] { return number }
    numbers[value] = elements.count
    elements.append(value)
    return elements.count - 1
  }

  private func part(_ operation: Operation, _ value: Value) -> Value {
    foundEmpty || !operation.key.isNone ? operation.key : value
  }

  func initialState(of part: Value) -> State { [] }

  func apply(_ call: Call, to state: State) -> State? {
    var state = state
    switch call {
    case .enqueue(let value):
      state.insert(value, at: state.firstIndex { $0 >= value } ?? state.endIndex)
    case .dequeue(let value):
      guard let position = state.firstIndex(of: value) else { return nil }
      state.remove(at: position)
    case .foundEmpty:
      guard state.isEmpty else { return nil }
    }
    return state
  }

  func nature(of call: Call) -> Nature {
    switch call {
    case .enqueue: .blind
    case .dequeue: .conditional
    case .foundEmpty: .reading
    }
  }

  func effect(of call: Call) -> Int? {
    if case .enqueue(let value) = call { value } else { nil }
  }

  func need(of call: Call) -> Need<Int> {
    if case .dequeue(let value) = call { .one(value) } else { .nothing }
  }

  static func heapBytes(of state: State) -> Int { 32 + state.count * 8 }

  func describe(_ state: State) -> String {
    "{" + state.map { context.values.describe(elements[$0]) }.joined(separator: " ") + "}"
  }
}
