public import Basics
internal import Histories

/// Asks for what is forbidden, over and over: the service must refuse it, whatever is broken.
public struct ForbiddenWorkload: Workload {
  public static let kind = "forbidden"
  public static let summary =
    "Asks for what is forbidden, over and over; not once may it be allowed."
  public static let contract = """
    attempt is whatever the client's binding makes of it; its argument is the number of the operation. That
    it was refused is a good answer, and the binding must say so ('declined' of http, sql and tcp, a
    driver's precondition-failed). An attempt that completes ok was allowed. In the end nothing is read.
    """
  public static let standsAlone = true
  public static let schema = Schema.empty

  private static let attempt = WorkloadFunction(
    "attempt", argument: .scalar, result: .any, isRead: true,
    "Anything forbidden; 'value' is the operation's number. It completes only where it was allowed."
  )
  public static let functions = [attempt]

  /// The mark does not matter: no element is added.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {}

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation { Invocation(Self.attempt, .integer(Int64(sequence))) }

  public func ending(after operations: Int) -> Ending { .nothing }
}
