import Histories

/// The calls on one key that holds texts.
struct TextCalls {
  struct Call {
    /// Its position in `History.operations`.
    let operation: Int32
    let text: Value
    let began: Int32
    /// `.max` for an unknown outcome.
    let deadline: Int32
  }

  let key: Value
  var puts: [Call] = []
  var appends: [Call] = []
  var gets: [Call] = []
  /// Whether there is nothing but what the epochs can judge.
  var isSuitable = true

  init(_ key: Value) { self.key = key }

  var count: Int { puts.count + appends.count + gets.count }

  /// The calls on each of the keys, in the order the keys are met.
  static func read(_ history: History, _ context: inout ModelContext, keys: Set<Value>) -> [Self] {
    var numbers: [Value: Int] = [:]
    var found: [Self] = []
    for (position, operation) in history.operations.enumerated() {
      guard context.counts(operation) else { continue }
      let target = context.target(of: operation)
      guard keys.contains(target.key) else { continue }
      let number = numbers[target.key] ?? found.count
      if number == found.count {
        numbers[target.key] = number
        found.append(Self(target.key))
      }
      found[number].take(operation, Int32(position), target, &context)
    }
    return found
  }

  private mutating func take(
    _ operation: Operation, _ position: Int32,
    _ target: (key: Value, argument: Value, result: Value),
    _ context: inout ModelContext
  ) {
    func call(_ text: Value) -> Call {
      isSuitable = isSuitable && text.kind == .text
      return Call(
        operation: position, text: text, began: operation.invocationIndex,
        deadline: operation.deadlineIndex)
    }
    switch context.role(of: operation) {
    case .read:
      guard operation.outcome == .ok, let value = context.observed(target.result) else { return }
      gets.append(call(value))
    case .write: puts.append(call(target.argument))
    case .append: appends.append(call(target.argument))
    default: isSuitable = false
    }
  }
}
