import Histories

/// One value that is read, written, and compared and set.
struct CASRegister: SequentialModel {
  enum Call: Hashable {
    case read(Value)
    case write(Value)
    case cas(expected: Value, new: Value)
    /// A compare-and-set that was answered with "it is something else".
    case mismatch(expected: Value)
  }

  private var context: ModelContext

  init(_ context: ModelContext, _ history: History) { self.context = context }

  mutating func meaning(of operation: Operation) -> Meaning<Call> {
    switch context.role(of: operation) {
    case .read:
      guard operation.outcome == .ok, let value = context.observed(operation.result) else {
        return .nothing
      }
      return .call(.read(value), part: operation.key)
    case .write:
      return .call(.write(context.canonical(operation.argument)), part: operation.key)
    case .cas:
      guard let (old, new) = context.pair(operation.argument) else {
        return context.foreign(operation, to: "cas-register")
      }
      let expected = context.canonical(old)
      let call: Call =
        operation.outcome == .fail
        ? .mismatch(expected: expected) : .cas(expected: expected, new: context.canonical(new))
      return .call(call, part: operation.key)
    default:
      return context.foreign(operation, to: "cas-register")
    }
  }

  func initialState(of part: Value) -> Value { context.initial }

  func apply(_ call: Call, to state: Value) -> Value? {
    switch call {
    case .read(let value): state == value ? state : nil
    case .write(let value): value
    case .cas(let expected, let new): state == expected ? new : nil
    case .mismatch(let expected): state != expected ? state : nil
    }
  }

  func nature(of call: Call) -> Nature {
    switch call {
    case .read, .mismatch: .reading
    case .write: .overwriting
    case .cas: .conditional
    }
  }

  func effect(of call: Call) -> Value? {
    switch call {
    case .write(let value), .cas(_, let value): value
    case .read, .mismatch: nil
    }
  }

  func need(of call: Call) -> Need<Value> {
    switch call {
    case .read(let value), .cas(let value, _): .one(value)
    case .mismatch: .anything
    case .write: .nothing
    }
  }

  func describe(_ state: Value) -> String { context.values.describe(state) }
}
