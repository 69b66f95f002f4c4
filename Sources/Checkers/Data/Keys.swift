import Histories

/// The operations of one key of a history of independent keys.
struct KeyGroup {
  /// The key; none for a history without keys.
  let key: Value
  /// Positions in `History.operations`, in invocation order.
  let positions: [Int32]

  /// ` of key 7`, or nothing for a history without keys.
  func suffix(_ history: History) -> String {
    key.isNone ? "" : " of key \(history.values.describe(key))"
  }
}

extension History {
  /// The operations of certain functions, by key, in the order in which the keys first appear.
  func byKey(_ functions: [String]) -> [KeyGroup] {
    let wanted = self.functions.map { functions.contains($0) }
    var keys = Elements()
    var groups: [[Int32]] = []
    for (position, operation) in operations.enumerated()
    where wanted[Int(operation.function.index)] {
      let key = keys.number(operation.key, self)
      if key == groups.count { groups.append([]) }
      groups[key].append(Int32(position))
    }
    return zip(keys.values, groups).map { KeyGroup(key: $0, positions: $1) }
  }

  /// The name of the node of an operation; nil when it was not recorded.
  func node(_ operation: Operation) -> String? { name(operation.node) }
}
