public import Basics
internal import Histories

/// Counters that are added to and read.
public struct CounterWorkload: Workload {
  public static let kind = "counter"
  public static let summary = "Adds to counters and reads them, a key each."
  public static let contract = """
    add adds a whole number to the counter of the key, which is 0 before the first. read completes with its
    value (nothing stands for 0). In the end every replica is asked for a read of every key.
    """
  public static let schema = Schema(
    [
      Schema.Key("keys", .count(1...10_000), "How many counters there are.", default: "1"),
      Keyed.distribution, Keyed.exponent,
      Schema.Key("most", .count(1...1_000_000), "The largest number that is added.", default: "5"),
      ReadShare.key("50%"),
    ])

  private static let add = WorkloadFunction(
    "add", argument: .scalar, result: .scalar, "Adds 'value', a whole number, to the counter 'key'."
  )
  private static let read = WorkloadFunction(
    "read", result: .scalar, isRead: true, "Completes with the value of the counter 'key'.")
  public static let functions = [add, read]

  private let keyed: Keyed
  private let most: Int
  private let reads: Ratio

  /// The mark does not matter: numbers that are added have no name.
  ///
  /// - Throws: a wrong exponent.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    keyed = try Keyed(settings, isChanging: false, usual: 1)
    most = settings.integer("most") ?? 5
    reads = settings.ratio("reads") ?? Ratio(0.5)
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    let key = Payload.integer(keyed.key(sequence, using: &chance))
    if chance.roll(reads) { return Invocation(Self.read, key: key) }
    return Invocation(Self.add, key: key, .integer(Int64(1 + chance.below(most))))
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    guard completion.kind == .ok else { return completion }
    var read = completion
    // What is added counts, whatever a store says of it; what was never added to is 0.
    if invocation.function == Self.add { read.result = invocation.argument }
    if read.result == .none { read.result = .integer(0) }
    guard read.result.integer != nil else {
      return .fail(
        "the answer must be a whole number, not \(read.result.account)", by: read.server)
    }
    return read
  }

  public func ending(after operations: Int) -> Ending {
    .everyReplica(
      keyed.all(after: operations).map { Invocation(Self.read, key: .integer($0)) })
  }
}
