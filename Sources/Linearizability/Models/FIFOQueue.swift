import Histories

/// A queue that gives elements back in the order they were put in.
struct FIFOQueue: SequentialModel {
  typealias State = [Value]

  enum Call: Hashable {
    case enqueue(Value)
    case dequeue(Value)
    /// A dequeue that found the queue empty.
    case foundEmpty
    /// A dequeue of unknown outcome: whatever was at the head is gone.
    case dropHead
  }

  private var context: ModelContext

  init(_ context: ModelContext, _ history: History) { self.context = context }

  mutating func meaning(of operation: Operation) -> Meaning<Call> {
    switch context.role(of: operation) {
    case .enqueue:
      return .call(.enqueue(context.canonical(operation.argument)), part: operation.key)
    case .dequeue where operation.outcome != .ok: return .call(.dropHead, part: operation.key)
    case .dequeue where operation.result.isNone: return .call(.foundEmpty, part: operation.key)
    case .dequeue:
      return .call(.dequeue(context.canonical(operation.result)), part: operation.key)
    default: return context.foreign(operation, to: "fifo-queue")
    }
  }

  func initialState(of part: Value) -> State { [] }

  func apply(_ call: Call, to state: State) -> State? {
    switch call {
    case .enqueue(let value): state + [value]
    case .dequeue(let value): state.first == value ? Array(state.dropFirst()) : nil
    case .foundEmpty: state.isEmpty ? state : nil
    case .dropHead: state.isEmpty ? nil : Array(state.dropFirst())
    }
  }

  func nature(of call: Call) -> Nature {
    switch call {
    case .enqueue: .blind
    case .dequeue, .dropHead: .conditional
    case .foundEmpty: .reading
    }
  }

  func effect(of call: Call) -> Value? {
    if case .enqueue(let value) = call { value } else { nil }
  }

  func need(of call: Call) -> Need<Value> {
    if case .dequeue(let value) = call { .one(value) } else { .nothing }
  }

  static func heapBytes(of state: State) -> Int { 32 + state.count * 8 }

  func describe(_ state: State) -> String {
    "[" + state.map(context.values.describe).joined(separator: " ") + "]"
  }
}
