internal import Basics
public import Workloads

/// Where in an answer the value stands: names and positions with dots between, `kvs.0.value`; a `*` takes
/// every element of a list.
public struct AnswerPath: Hashable, Sendable {
  private let steps: [String]

  /// - Parameter text: an empty text is the whole answer.
  public init(_ text: String) {
    steps =
      text.isEmpty
      ? [] : text.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
  }

  /// What stands there; none where there is nothing. A list that is not there is an empty one.
  public func value(in answer: Payload) -> Payload { value(in: answer, steps[...]) }

  private func value(in answer: Payload, _ steps: ArraySlice<String>) -> Payload {
    guard let step = steps.first else { return answer }
    let rest = steps.dropFirst()
    if step == "*" { return .list((answer.elements ?? []).map { value(in: $0, rest) }) }
    let next: Payload?
    if let elements = answer.elements {
      next = Int(step).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
    } else {
      next = answer.member(step)
    }
    return value(in: next ?? .none, rest)
  }
}

extension Payload {
  /// The value with every text that spells a whole number as that number, lists and maps included:
  /// protocols that know texts only spell `17` as a text.
  public var spellingNumbers: Payload {
    switch self {
    case .text(let text):
      if let number = Int64(text), "\(number)" == text { return .integer(number) }
      return self
    case .list(let elements): return .list(elements.map(\.spellingNumbers))
    case .map(let pairs): return .map(pairs.map { .init($0.key, $0.value.spellingNumbers) })
    default: return self
    }
  }
}
