public import Basics
internal import Histories

/// Locks are acquired, held for a turn, and released.
public struct LockWorkload: Workload {
  public static let kind = "lock"
  public static let summary = "Acquires locks and releases them, with their fencing tokens."
  public static let contract = """
    acquire completes ok when the process has got the lock of the key, with its fencing token (a whole number)
    where the service gives one; it is fail where somebody else has it. Its argument names the holder, a whole
    number that is used once in the run. release, at the process' next turn, gives the lock back: 'owner' is
    what acquire was invoked with, 'token' what it completed with; it is fail where the process no longer has
    the lock. In the end nothing is read.
    """
  public static let addsElements = true
  public static let schema = Schema([
    Schema.Key("keys", .count(1...10_000), "How many locks there are.", default: "1"),
    Keyed.distribution, Keyed.exponent,
  ])

  private static let acquire = WorkloadFunction(
    "acquire", argument: .scalar, result: .any,
    "Gets the lock 'key' for the holder 'value'; completes with a fencing token or nothing.")
  private static let release = WorkloadFunction(
    "release", argument: .list, parts: ["owner", "token"],
    "Gives back the lock 'key' that 'owner' got with 'token'.")
  public static let functions = [acquire, release]

  private let keyed: Keyed
  private let mark: ElementMark

  /// - Throws: a wrong exponent.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    self.mark = mark
    keyed = try Keyed(settings, isChanging: false, usual: 1)
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    if let last, let held = held(after: last, using: &chance) { return held }
    let key = Payload.integer(keyed.key(sequence, using: &chance))
    return Invocation(Self.acquire, key: key, .integer(mark.element(sequence)))
  }

  /// The release of what the process may still hold; nil when it holds nothing.
  private func held(after last: Exchange, using chance: inout Chance) -> Invocation? {
    let (before, completion) = (last.invocation, last.completion)
    if before.function == Self.acquire, completion.kind == .ok {
      return Invocation(Self.release, key: before.key, .list([before.argument, completion.result]))
    }
    // It was not given back, and is tried again, but not for ever. What was declined was lost before.
    if before.function == Self.release, completion.kind == .fail, !completion.isDeclined,
      chance.roll(Ratio(0.5))
    {
      return before
    }
    return nil
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    guard completion.kind == .ok, let token = completion.result.spelledInteger else {
      return completion
    }
    return completion.with(.integer(token))
  }

  public func ending(after operations: Int) -> Ending { .nothing }
}
