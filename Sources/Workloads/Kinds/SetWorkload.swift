public import Basics
internal import Histories

/// Adds unique elements and reads them all: what was acknowledged must be there in the end.
///
/// An element is the number of its operation behind the workload's mark, so it is unique in the run
/// without asking anyone.
public struct SetWorkload: Workload {
  public static let kind = "set"
  public static let summary = "Adds unique elements, reads them all."
  public static let contract = """
    add stores one element, a whole number that nobody else of the run adds. read completes with a list
    of all elements, in any order; one that another workload of the same run adds is left out, one that
    nobody of the run adds is kept. In the end every replica is asked for a read.
    """
  public static let addsElements = true
  public static let standsAlone = true
  public static let schema = Schema([
    Schema.Key("reads", .ratio, "The share of operations that read.", default: "5%")
  ])

  private static let add = WorkloadFunction(
    "add", argument: .scalar, result: .scalar, "Stores the element 'value', a whole number.")
  private static let read = WorkloadFunction(
    "read", result: .list, isRead: true, "Completes with the list of all elements.")
  public static let functions = [add, read]

  private let reads: Ratio
  private let mark: ElementMark

  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    self.mark = mark
    reads = settings.ratio("reads") ?? Ratio(0.05)
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    if chance.roll(reads) { return Invocation(Self.read) }
    return Invocation(Self.add, .integer(mark.element(sequence)))
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    guard invocation.function.isRead, completion.kind == .ok else { return completion }
    return completion.ownElements(mark)
  }

  public func ending(after operations: Int) -> Ending { .everyReplica([Invocation(Self.read)]) }
}
