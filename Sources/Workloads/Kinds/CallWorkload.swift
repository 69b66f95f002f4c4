public import Basics
internal import Histories

/// The same call over and over, for availability and latency.
public struct CallWorkload: Workload {
  public static let kind = "call"
  public static let summary = "Makes one call over and over, for availability and latency."
  public static let contract = """
    call is whatever the client's binding makes of it, the same every time; its argument is the number of
    the operation, its result what the binding reads of the answer. In the end nothing is read.
    """
  public static let standsAlone = true
  public static let schema = Schema.empty

  private static let call = WorkloadFunction(
    "call", argument: .scalar, result: .any, "Any call; 'value' is the operation's number.")
  public static let functions = [call]

  /// The mark does not matter: no element is added.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {}

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation { Invocation(Self.call, .integer(Int64(sequence))) }

  public func ending(after operations: Int) -> Ending { .nothing }
}
