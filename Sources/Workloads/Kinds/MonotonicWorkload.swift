public import Basics
internal import Histories

/// Numbers that are only ever incremented.
public struct MonotonicWorkload: Workload {
  public static let kind = "monotonic"
  public static let summary = "Increments numbers and reads them; they may not go down."
  public static let contract = """
    increment makes the number of the key greater, by one or more; it may complete with the new number. read
    completes with the number (nothing stands for 0). In the end every replica is asked for a read of every
    key.
    """
  public static let standsAlone = true
  public static let schema = Schema([
    Schema.Key("keys", .count(1...10_000), "How many numbers there are.", default: "1"),
    Keyed.distribution, Keyed.exponent, ReadShare.key("50%"),
  ])

  private static let increment = WorkloadFunction(
    "increment", result: .any, "Makes the number 'key' greater; may complete with the new one.")
  private static let read = WorkloadFunction(
    "read", result: .scalar, isRead: true, "Completes with the number 'key'.")
  public static let functions = [increment, read]

  private let keyed: Keyed
  private let reads: Ratio

  /// The mark does not matter: what increments has no name.
  ///
  /// - Throws: a wrong exponent.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    keyed = try Keyed(settings, isChanging: false, usual: 1)
    reads = settings.ratio("reads") ?? Ratio(0.5)
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    let key = Payload.integer(keyed.key(sequence, using: &chance))
    return Invocation(chance.roll(reads) ? Self.read : Self.increment, key: key)
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    guard completion.kind == .ok else { return completion }
    if let number = completion.result.spelledInteger { return completion.with(.integer(number)) }
    guard invocation.function == Self.read else { return completion }
    guard completion.result == .none else {
      return .fail(
        "the answer must be a whole number, not \(completion.result.account)",
        by: completion.server)
    }
    return completion.with(.integer(0))
  }

  public func ending(after operations: Int) -> Ending {
    .everyReplica(
      keyed.all(after: operations).map { Invocation(Self.read, key: .integer($0)) })
  }
}
