/// Writes Porcupine's key-value lines: gets, puts and appends of texts under keys.
///
/// Porcupine knows no failures and no unknown outcomes. What certainly did not happen is left
/// out, and so is a get without an answer. A put or append of unknown outcome is given a process
/// of its own and returns at the end, where it can be placed anywhere after its invocation.
struct PorcupineWriter {
  private let history: History
  private let functions: [String]

  init(_ history: History) {
    self.history = history
    functions = history.functions
  }

  func write(to sink: ([UInt8]) throws -> Void) throws {
    try check()
    try withoutActuallyEscaping(sink) { sink in
      var output = LineOutput(sink: sink)
      var lastProcess = history.operations.map(\.process).max() ?? 0
      var late: [(process: Int32, operation: Operation)] = []
      for (operation, isCompletion) in events() where isKept(operation) {
        if operation.outcome == .ok {
          let isAnswer = isCompletion && name(operation) == "get"
          let value = isAnswer ? operation.result : operation.argument
          try write(operation, operation.process, isCompletion, value, &output)
        } else if !isCompletion {
          lastProcess += 1
          late.append((lastProcess, operation))
          try write(operation, lastProcess, false, operation.argument, &output)
        }
      }
      for (process, operation) in late {
        try write(operation, process, true, operation.argument, &output)
      }
      try output.flush()
    }
  }

  private func name(_ operation: Operation) -> String { functions[Int(operation.function.index)] }

  private func isKept(_ operation: Operation) -> Bool {
    operation.outcome == .ok || (operation.outcome == .info && name(operation) != "get")
  }

  private func events() -> [(Operation, Bool)] {
    var order: [(Int32, Int, Bool)] = []
    for (position, operation) in history.operations.enumerated() {
      order.append((operation.invocationIndex, position, false))
      if operation.completed != nil { order.append((operation.completionIndex, position, true)) }
    }
    order.sort { $0.0 < $1.0 }
    return order.map { (history.operations[$0.1], $0.2) }
  }

  private func check() throws(WritingError) {
    guard history.hasRealTimeOrder else {
      throw WritingError("a history without a real-time order cannot be written for Porcupine")
    }
    let last = history.operations.map(\.process).max() ?? 0
    guard Int(last) + history.operations.count < Int(Int32.max) else {
      throw WritingError("the numbers of the processes leave no room for more")
    }
    for (position, operation) in history.operations.enumerated() {
      let name = name(operation)
      guard ["get", "put", "append"].contains(name) else {
        throw WritingError(
          "operation \(position) is a \(name); Porcupine's key-value lines hold get, put and append"
        )
      }
      guard isScalar(operation.key), !operation.key.isNone else {
        throw WritingError("operation \(position) has no key; every Porcupine operation needs one")
      }
      guard isScalar(operation.argument), isScalar(operation.result) else {
        throw WritingError("operation \(position) has a list or map for a value; texts are needed")
      }
    }
  }

  private func isScalar(_ value: Value) -> Bool { value.kind != .list && value.kind != .map }

  private func write(
    _ operation: Operation, _ process: Int32, _ isCompletion: Bool, _ value: Value,
    _ output: inout LineOutput
  ) throws {
    let type = isCompletion ? "ok" : "invoke"
    output.bytes += "{:process \(process), :type :\(type), :f :\(name(operation)), :key ".utf8
    text(operation.key, &output)
    output.bytes += ", :value ".utf8
    if value.isNone { output.bytes += "nil".utf8 } else { text(value, &output) }
    output.bytes += "}".utf8
    try output.endLine()
  }

  private func text(_ value: Value, _ output: inout LineOutput) {
    if let bytes = history.values.utf8(value) {
      EDNText.quoted(bytes, to: &output.bytes)
    } else {
      EDNText.quoted(history.values.describe(value).utf8, to: &output.bytes)
    }
  }
}
