public import Basics
internal import Histories

/// Writes of single keys, and reads of the group they belong to while the group fills.
///
/// A run goes from group to group: in each every key is written once, by a transaction of its own, and read
/// between; some reads are of the group before, for replicas that lag.
public struct LongForkWorkload: Workload {
  public static let kind = "long-fork"
  public static let summary = "Writes single keys once each, and reads groups of them at a time."
  public static let contract = """
    txn carries out its micro-operations, all or none: a single [w key value], or [r key nil] of every key of
    a group. It completes with the same micro-operations, what was read in the place of nil (nil where nothing
    was written). Every key is written once, so the keys must be new to the store. In the end every replica is
    asked for every group, each in a transaction of its own.
    """
  public static let addsElements = true
  public static let standsAlone = true
  public static let schema = Schema([
    Schema.Key("group", .count(2...64), "How many keys are read at a time.", default: "3"),
    Schema.Key(
      "per-write", .count(1...1_000), "How many reads there are to a write.", default: "3"),
  ])

  private static let txn = Transactions.function(
    "Carries out the micro-operations of 'value', [w key value] and [r key nil].")
  public static let functions = [txn]

  private let group: Int
  private let perWrite: Int
  private let mark: ElementMark

  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    self.mark = mark
    group = settings.integer("group") ?? 3
    perWrite = settings.integer("per-write") ?? 3
  }

  /// How many operations a group takes.
  private var span: Int { group * (1 + perWrite) }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    let (current, place) = sequence.quotientAndRemainder(dividingBy: span)
    if place.isMultiple(of: 1 + perWrite) {
      let element = Payload.integer(mark.element(current * group + place / (1 + perWrite)))
      return Invocation(Self.txn, .list([.list([.symbol("w"), element, element])]))
    }
    // The first read after a write is always of its own group.
    let isBefore = current > 0 && place % (1 + perWrite) > 1 && chance.roll(Ratio(0.25))
    return read(isBefore ? current - 1 : current, from: chance.below(group))
  }

  /// All keys of a group, beginning with any of them.
  private func read(_ number: Int, from first: Int) -> Invocation {
    Invocation(
      Self.txn,
      .list(
        (0..<group).map { place in
          let key = mark.element(number * group + (first + place) % group)
          return .list([.symbol("r"), .integer(key), .none])
        }))
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    Transactions.reading(completion, of: invocation, isList: false)
  }

  public func ending(after operations: Int) -> Ending {
    .everyReplica((0...max(0, operations - 1) / span).map { read($0, from: 0) })
  }
}
