public import Basics
internal import Histories

/// Messages are published and delivered, in order under each key.
public struct MessagesWorkload: Workload {
  public static let kind = "messages"
  public static let summary =
    "Publishes unique messages and consumes them, under one key or several."
  public static let contract = """
    publish hands over a message under a key (a topic, a subject, a partition), a whole number that is
    published once in the run. consume completes with the messages that it was delivered under its key, a list
    or a single one in the order of delivery, or with nothing where none waits; no other consume is to be
    delivered the same. Nothing may wait under the keys 0, 1, 2 … before the run, and they are nobody else's.
    In the end the service is asked for a consume of every key until it completes with nothing.
    """
  public static let addsElements = true
  public static let schema = Schema([
    Schema.Key("keys", .count(1...10_000), "How many keys there are.", default: "1"),
    Keyed.distribution, Keyed.exponent,
    Schema.Key("consumes", .ratio, "The share of operations that consume.", default: "50%"),
  ])

  private static let publish = WorkloadFunction(
    "publish", argument: .scalar, "Publishes the message 'value', a whole number, under 'key'.")
  private static let consume = WorkloadFunction(
    "consume", result: .list, "Completes with what waits under 'key', a list or one message.")
  public static let functions = [publish, consume]

  private let keyed: Keyed
  private let consumes: Ratio
  private let mark: ElementMark

  /// - Throws: a wrong exponent.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    self.mark = mark
    keyed = try Keyed(settings, isChanging: false, usual: 1)
    consumes = settings.ratio("consumes") ?? Ratio(0.5)
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    let key = Payload.integer(keyed.key(sequence, using: &chance))
    if chance.roll(consumes) { return Invocation(Self.consume, key: key) }
    return Invocation(Self.publish, key: key, .integer(mark.element(sequence)))
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    guard completion.kind == .ok, invocation.function == Self.consume else { return completion }
    let said = completion.result
    guard said != .none, said != .list([]) else { return completion.with(.none) }
    let messages = (said.elements ?? [said]).map(\.element)
    // Something was delivered, and nobody can tell what.
    guard messages.allSatisfy({ $0 != nil }) else {
      return .info(
        "the answer must be a list of messages, one message or nothing, not \(said.account)",
        by: completion.server)
    }
    return completion.with(.list(messages.compactMap { $0 }))
  }

  public func ending(after operations: Int) -> Ending {
    .drain(keyed.all(after: operations).map { Invocation(Self.consume, key: .integer($0)) })
  }
}
