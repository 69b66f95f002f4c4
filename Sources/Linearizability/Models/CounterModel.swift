import Histories

/// A whole number that is added to and read.
struct CounterModel: SequentialModel {
  enum Call: Hashable {
    case read(Int64)
    case add(Int64)
  }

  private let context: ModelContext
  private let initial: Int64

  init(_ context: ModelContext, _ history: History) {
    self.context = context
    initial = context.values.integer(context.initial) ?? 0
  }

  mutating func meaning(of operation: Operation) -> Meaning<Call> {
    switch context.role(of: operation) {
    case .read:
      guard operation.outcome == .ok, !operation.result.isNone else { return .nothing }
      guard let value = context.values.integer(operation.result) else {
        return context.foreign(operation, to: "counter")
      }
      return .call(.read(value), part: operation.key)
    case .add, .subtract:
      let isAdd = context.role(of: operation) == .add
      let amount = operation.argument.isNone ? 1 : context.values.integer(operation.argument)
      guard let amount else { return context.foreign(operation, to: "counter") }
      return amount == 0
        ? .nothing : .call(.add(isAdd ? amount : 0 &- amount), part: operation.key)
    default:
      return context.foreign(operation, to: "counter")
    }
  }

  func initialState(of part: Value) -> Int64 { initial }

  func apply(_ call: Call, to state: Int64) -> Int64? {
    switch call {
    case .read(let value): state == value ? state : nil
    case .add(let amount): state &+ amount
    }
  }

  func nature(of call: Call) -> Nature {
    if case .read = call { .reading } else { .blind }
  }

  func describe(_ state: Int64) -> String { "\(state)" }
}
