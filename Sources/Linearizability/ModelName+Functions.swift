import Histories

extension LinearizabilitySettings.ModelName {
  /// What a model needs at least: something that shows its state.
  var functions: [[Signature]] {
    switch self {
    case .register, .casRegister:
      [[Signature("read", result: .scalar)], [Signature("get", result: .scalar)]]
    case .keyValue: [[Signature("get")], [Signature("read")]]
    case .multiRegister: [[Signature("txn", argument: .transaction)], [Signature("read")]]
    case .mutex: [[Signature("acquire")], [Signature("lock")]]
    case .counter: [[Signature("read", result: .scalar)]]
    case .set: [[Signature("read", result: .list)]]
    case .fifoQueue, .unorderedQueue: [[Signature("dequeue")]]
    }
  }
}
