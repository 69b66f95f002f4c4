import Histories

/// One value that is read and written.
struct Register: SequentialModel {
  enum Call: Hashable {
    case read(Value)
    case write(Value)
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
    default:
      return context.foreign(operation, to: "register")
    }
  }

  func initialState(of part: Value) -> Value { context.initial }

  func apply(_ call: Call, to state: Value) -> Value? {
    switch call {
    case .read(let value): state == value ? state : nil
    case .write(let value): value
    }
  }

  func nature(of call: Call) -> Nature {
    if case .read = call { .reading } else { .overwriting }
  }

  func effect(of call: Call) -> Value? {
    if case .write(let value) = call { value } else { nil }
  }

  func need(of call: Call) -> Need<Value> {
    if case .read(let value) = call { .one(value) } else { .nothing }
  }

  func describe(_ state: Value) -> String { context.values.describe(state) }
}
