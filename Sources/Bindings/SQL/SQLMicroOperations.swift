internal import Basics
internal import Workloads

/// A transaction of micro-operations: a statement for each, in their order.
struct SQLMicroOperations: Sendable {
  private let templates: [String: SQLTemplate]
  /// Values are lists where something is appended.
  private let areLists: Bool
  private let function: WorkloadFunction

  init(
    _ settings: Settings, at way: String, for function: WorkloadFunction
  ) throws(BindingError) {
    self.function = function
    let key = "\(way).transaction"
    guard case .mapping(let written)? = settings["transaction"] else {
      throw BindingError(
        way,
        "'\(function.name)' needs 'transaction: {r: …, w: …}' or 'transaction: {r: …, append: …}'")
    }
    var templates: [String: SQLTemplate] = [:]
    for name in written.keys.sorted() {
      guard ["r", "w", "append"].contains(name) else {
        throw BindingError(
          "\(key).\(name)", "'\(name)' is no micro-operation; there are r, w and append")
      }
      guard case .text(let text)? = written[name] else {
        throw BindingError("\(key).\(name)", "a statement is expected here")
      }
      templates[name] = try SQLTemplate(text, at: "\(key).\(name)", for: function)
    }
    guard templates["r"] != nil, templates.count > 1 else {
      throw BindingError(key, "a transaction needs 'r', and 'w' or 'append'")
    }
    self.templates = templates
    areLists = templates["append"] != nil
  }

  private struct Micro {
    let name: String
    let key: Payload
    let value: Payload
  }

  private func micro(_ payload: Payload) -> Micro? {
    guard let parts = payload.elements, parts.count >= 2 else { return nil }
    return Micro(name: parts[0].text, key: parts[1], value: parts.count > 2 ? parts[2] : .none)
  }

  func statements(_ invocation: Invocation) -> [SQLStatement] {
    (invocation.argument.elements ?? []).map { element in
      guard let micro = micro(element), let template = templates[micro.name] else {
        // A workload of another kind than the statements: the server refuses it by name.
        return SQLStatement("no statement is bound to the micro-operation \(element.text)")
      }
      return template.statement(Invocation(function, key: micro.key, micro.value))
    }
  }

  /// The same micro-operations with what the reads saw.
  func result(_ results: [SQLRows], of invocation: Invocation) -> Payload? {
    guard let elements = invocation.argument.elements, elements.count == results.count else {
      return nil
    }
    return .list(
      zip(elements, results).map { element, rows in
        guard let micro = micro(element), micro.name == "r" else { return element }
        let read: Payload = areLists ? .list(rows.storedList) : rows.value(0, 0) ?? Payload.none
        return .list([.symbol("r"), micro.key, read])
      })
  }
}
