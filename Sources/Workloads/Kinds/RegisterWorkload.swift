public import Basics
internal import Histories

/// Registers that are read, written, and compared and set.
///
/// Every value is written once, so a read tells which write it saw. A process compares with what it has just
/// read: of values that nobody repeats, any other would hardly ever be there.
public struct RegisterWorkload: Workload {
  public static let kind = "register"
  public static let summary = "Reads, writes, and compares and sets registers, a key each."
  public static let contract = """
    read completes with the register's value, or with nothing where it was never written. write puts a value
    there, a whole number that is written once in the run, or takes away what is there: a write of nothing (null),
    where the workload says so (deletes). cas puts 'new' there if 'old' is there: it
    completes ok when it did, and is fail when something else was there; a process compares with what it has
    just read. In the end every replica is asked for a read of every key.
    """
  public static let addsElements = true
  public static let schema = Schema(
    Keyed.changing + [
      ReadShare.key("50%"),
      Schema.Key(
        "cas", .ratio,
        "The share of a process' operations after a read that compare and set what it read.",
        default: "25%"),
      Schema.Key(
        "deletes", .ratio,
        "The share of the writes that write nothing, so that the register has no value.",
        default: "0%"),
    ])

  private static let read = WorkloadFunction(
    "read", result: .scalar, isRead: true, "Completes with the value of the register 'key'.")
  private static let write = WorkloadFunction(
    "write", argument: .scalar,
    "Puts 'value', a whole number, into the register 'key'; nothing takes its value away.")
  private static let cas = WorkloadFunction(
    "cas", argument: .list, parts: ["old", "new"],
    "Puts 'new' into the register 'key' if 'old' is there, else is fail.")
  public static let functions = [read, write, cas]

  private let keyed: Keyed
  private let reads: Ratio
  private let compares: Ratio
  private let deletes: Ratio
  private let mark: ElementMark

  /// - Throws: a wrong exponent.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    self.mark = mark
    keyed = try Keyed(settings, isChanging: true)
    reads = settings.ratio("reads") ?? Ratio(0.5)
    compares = settings.ratio("cas") ?? Ratio(0.25)
    deletes = settings.ratio("deletes") ?? .none
  }

  public var used: [WorkloadFunction] {
    [Self.read, Self.write] + (compares == .none ? [] : [Self.cas])
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    let key = Payload.integer(keyed.key(sequence, using: &chance))
    let isRead = chance.roll(reads)
    let value = Payload.integer(mark.element(sequence))
    let isCompare = chance.roll(compares)
    if isCompare, let last, last.invocation.function == Self.read, last.completion.kind == .ok,
      last.completion.result != .none
    {
      return Invocation(
        Self.cas, key: last.invocation.key, .list([last.completion.result, value]))
    }
    if isRead { return Invocation(Self.read, key: key) }
    let isDelete = deletes != .none && chance.roll(deletes)
    return Invocation(Self.write, key: key, isDelete ? .none : value)
  }

  public func ending(after operations: Int) -> Ending {
    .everyReplica(
      keyed.all(after: operations).map { Invocation(Self.read, key: .integer($0)) })
  }
}
