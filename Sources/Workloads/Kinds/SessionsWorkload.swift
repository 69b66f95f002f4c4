public import Basics
internal import Histories

/// What a user sees of registers who reads them and writes them: the four session guarantees, and staleness.
public struct SessionsWorkload: Workload {
  public static let kind = "sessions"
  public static let summary =
    "Reads and writes registers as users do, who come back to their own writes."
  public static let contract = """
    write puts a value into the register of the key, a whole number that is written once in the run. read
    completes with the register's value, or with nothing where it was never written. A process is a session:
    some of its reads are of the key that it has just written or read. In the end every replica is asked for a
    read of every key.
    """
  public static let addsElements = true
  public static let schema = Schema([
    Schema.Key("keys", .count(1...10_000), "How many registers there are.", default: "5"),
    Keyed.distribution, Keyed.exponent, ReadShare.key("70%"),
    Schema.Key(
      "again", .ratio, "The share of a process' reads that are of the key it used last.",
      default: "50%"),
  ])

  private static let write = WorkloadFunction(
    "write", argument: .scalar, "Puts 'value', a whole number, into the register 'key'.")
  private static let read = WorkloadFunction(
    "read", result: .scalar, isRead: true, "Completes with the value of the register 'key'.")
  public static let functions = [write, read]

  private let keyed: Keyed
  private let reads: Ratio
  private let again: Ratio
  private let mark: ElementMark

  /// - Throws: a wrong exponent.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    self.mark = mark
    keyed = try Keyed(settings, isChanging: false, usual: 5)
    reads = settings.ratio("reads") ?? Ratio(0.7)
    again = settings.ratio("again") ?? Ratio(0.5)
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    let key = Payload.integer(keyed.key(sequence, using: &chance))
    guard chance.roll(reads) else {
      return Invocation(Self.write, key: key, .integer(mark.element(sequence)))
    }
    if chance.roll(again), let last { return Invocation(Self.read, key: last.invocation.key) }
    return Invocation(Self.read, key: key)
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    guard completion.kind == .ok, invocation.function == Self.read, completion.result != .none
    else { return completion }
    guard let value = completion.result.element else {
      return .fail(
        "the answer must be one value or nothing, not \(completion.result.account)",
        by: completion.server)
    }
    return completion.with(value)
  }

  public func ending(after operations: Int) -> Ending {
    .everyReplica(
      keyed.all(after: operations).map { Invocation(Self.read, key: .integer($0)) })
  }
}
