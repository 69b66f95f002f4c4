public import Histories

/// What a checker judges by, so that an invariant which nothing can feed is refused before a run.
public enum Feed: Hashable, Sendable {
  /// Operations, whatever they do: what matters is when they came to which end.
  case traffic
  /// What observers saw; no operation at all.
  case observations
  /// Operations of certain functions: all of one of the alternatives.
  case functions([[Signature]])

  /// Whether operations of these signatures feed it.
  public func isServed(by offered: [Signature]) -> Bool {
    switch self {
    case .traffic: !offered.isEmpty
    case .observations: true
    case .functions(let alternatives):
      alternatives.contains { wanted in
        wanted.allSatisfy { asked in offered.contains { $0.serves(asked) } }
      }
    }
  }

  /// The functions it asks for, in words: `add and read, or generate`.
  public var words: String {
    switch self {
    case .traffic: "any operations"
    case .observations: "no operations"
    case .functions(let alternatives):
      alternatives.map { $0.map(\.words).joined(separator: " and ") }.joined(separator: ", or ")
    }
  }
}

extension Signature {
  /// `read that completes with a list`.
  fileprivate var words: String {
    switch result {
    case .list: "'\(function)' that completes with a list"
    case .scalar: "'\(function)' that completes with one value"
    case .map: "'\(function)' that completes with a map"
    case .any, .nothing, .transaction: "'\(function)'"
    }
  }
}

extension Unasked {
  /// Whether it is asked of a workload by what that offers.
  public func isNatural(for offered: [Signature], fedBy feed: Feed) -> Bool {
    switch self {
    case .whereFed: feed.isServed(by: offered)
    case .whereOffered(let functions):
      feed.isServed(by: offered)
        && functions.allSatisfy { name in offered.contains { $0.function == name } }
    case .never, .whereNothingElse, .everyRun, .exclusiveRoles, .secrets: false
    }
  }
}

/// Whether a checker is asked although no invariant names it.
public enum Unasked: Hashable, Sendable {
  /// Only where an invariant names it.
  case never
  /// Of every workload that offers its functions, unless another invariant judges by these.
  case whereFed
  /// The same, of workloads that offer all of these functions besides.
  case whereOffered([String])
  /// Of every workload that nothing else looks at.
  case whereNothingElse
  /// Of every run that has traffic; its setting `for` is how long traffic is to be good again.
  case everyRun
  /// Of every role that a component calls exclusive; told `component`, `roles` and `overlap`.
  case exclusiveRoles
  /// Of every run whose stack has parameters of kind `secret`.
  case secrets
}
