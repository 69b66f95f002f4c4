public import Basics
public import Checking
public import Histories

extension Finding {
  /// One checker's finding as a document of its own: what `check --json` prints.
  ///
  /// - Parameters:
  ///   - took: how long the checker ran.
  ///   - peakBytes: the most memory the process had in use.
  public func document(_ history: History, took: Duration, peakBytes: Int) -> JSON {
    [
      "verdict": .string(verdict.rawValue), "checker": .string(checker),
      "model": .optional(model) { .string($0) }, "operations": .integer(operations),
      "millis": .milliseconds(took), "peakBytes": .integer(peakBytes),
      "summary": .string(summary), "figures": figures,
      "evidence": .array(evidence.prefix(100).map { $0.document(history) }),
      "evidenceTotal": .integer(evidence.count),
      "notes": .array(history.notes.map { .string($0) }),
    ]
  }
}

extension Evidence {
  /// A violation with its operations in full: where each stands in the history, and when it was.
  func document(_ history: History) -> JSON {
    let shown = operations.prefix(100).filter { history.operations.indices.contains($0) }
    return [
      "kind": .string(kind), "summary": .string(summary),
      "operations": .array(
        shown.map { position in
          history.operations[position].document(at: position, history)
        }),
    ]
  }
}

extension Histories.Operation {
  fileprivate func document(at position: Int, _ history: History) -> JSON {
    func moment(_ instant: Instant?) -> JSON {
      .optional(instant) { .milliseconds(Instant.start.duration(to: $0)) }
    }
    func text(_ value: Value) -> JSON {
      value.isNone ? .null : .string(String(history.values.describe(value).beginning(ofBytes: 400)))
    }
    return [
      "operation": .integer(position), "process": .integer(Int(process)),
      "function": .string(history.name(function)), "key": text(key), "argument": text(argument),
      "result": text(result), "outcome": .string("\(outcome)"),
      "node": .optional(history.name(node)) { .string($0) },
      "invocationIndex": .integer(Int(invocationIndex)),
      "completionIndex": completionIndex == .max ? .null : .integer(Int(completionIndex)),
      "invoked": moment(invoked), "completed": moment(completed),
    ]
  }
}
