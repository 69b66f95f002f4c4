internal import Histories

extension Payload {
  /// The whole number that this is or spells: `17` and `"17"`, but not `"017"`.
  var spelledInteger: Int64? {
    switch self {
    case .integer(let value): value
    case .text(let text): Int64(text).flatMap { "\($0)" == text ? $0 : nil }
    default: nil
    }
  }

  /// One number or text, a number where it spells one; nil for all else.
  var element: Payload? {
    if let integer = spelledInteger { return .integer(integer) }
    if case .text = self { return self }
    return nil
  }
}

extension Completion {
  /// The same with another result.
  func with(_ result: Payload) -> Completion {
    var changed = self
    changed.result = result
    return changed
  }

  /// A list of whole numbers without those that other workloads of the run add; a failed read for all else.
  ///
  /// The caller promises an operation that is ok and only reads.
  func ownElements(_ mark: ElementMark) -> Completion {
    guard let elements = result.elements, elements.allSatisfy({ $0.integer != nil }) else {
      return .fail(
        "the answer must be a list of whole numbers such as [1, 2], not \(result.account)",
        by: server)
    }
    return with(.list(elements.filter { !mark.isAnothers($0.integer ?? 0) }))
  }
}
