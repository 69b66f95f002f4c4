public import Basics
internal import Histories

/// Asks for identifiers: no two may ever be equal.
public struct UniqueIDsWorkload: Workload {
  public static let kind = "unique-ids"
  public static let summary = "Asks for identifiers, no two of which may be equal."
  public static let contract = """
    generate completes with one identifier, a whole number or a text of at most 1,024 bytes. An answer
    without one is info: one may have been issued. In the end nothing is read.
    """
  public static let standsAlone = true
  public static let schema = Schema.empty

  private static let generate = WorkloadFunction(
    "generate", result: .scalar, "Completes with a new identifier, a whole number or a text.")
  public static let functions = [generate]

  /// In bytes.
  private static let longestIdentifier = 1_024

  /// The mark does not matter: the service chooses the identifiers.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {}

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation { Invocation(Self.generate) }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    guard completion.kind == .ok else { return completion }
    var read = completion
    switch completion.result {
    case .integer: return completion
    // `"17"` and `17` are one identifier, `007` and `7` are two.
    case .text(let text) where Int64(text).map { "\($0)" } == text:
      read.result = .integer(Int64(text) ?? 0)
      return read
    case .text(let text) where !text.isEmpty:
      // One that is cut would be equal to others.
      guard text.utf8.count > Self.longestIdentifier else { return completion }
      return .info(
        "the identifier has \(text.utf8.count) bytes, more than the \(Self.longestIdentifier) that"
          + " are kept: \(text.beginning(ofBytes: 80))…", by: completion.server)
    default:
      return .info(
        "no identifier in the answer: \(completion.result.account)", by: completion.server)
    }
  }

  public func ending(after operations: Int) -> Ending { .nothing }
}
