public import Basics
internal import Histories

/// Elements go into a queue and come out.
///
/// What comes out is gone from the queue, whoever took it: a queue is one workload's own.
public struct QueueWorkload: Workload {
  public static let kind = "queue"
  public static let summary = "Puts unique elements into a queue and takes them out."
  public static let contract = """
    enqueue puts an element into the queue, a whole number that is put in once in the run. dequeue takes one
    out and completes with it, or with nothing where the queue is empty; one of unknown outcome may tell which
    element it may have taken. The queue must be empty before the run, and nobody else's. In the end the
    service is asked for a dequeue until it completes with nothing.
    """
  public static let addsElements = true
  public static let schema = Schema([
    Schema.Key("dequeues", .ratio, "The share of operations that dequeue.", default: "50%")
  ])

  private static let enqueue = WorkloadFunction(
    "enqueue", argument: .scalar, "Puts the element 'value', a whole number, into the queue.")
  private static let dequeue = WorkloadFunction(
    "dequeue", result: .scalar, takesOut: true,
    "Takes an element out; completes with it, or with nothing.")
  public static let functions = [enqueue, dequeue]

  private let dequeues: Ratio
  private let mark: ElementMark

  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    self.mark = mark
    dequeues = settings.ratio("dequeues") ?? Ratio(0.5)
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    if chance.roll(dequeues) { return Invocation(Self.dequeue) }
    return Invocation(Self.enqueue, .integer(mark.element(sequence)))
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    guard completion.kind != .fail, invocation.function == Self.dequeue, completion.result != .none
    else { return completion }
    guard let element = completion.result.element else {
      if completion.kind == .info { return completion.with(.none) }
      // Something is gone from the queue, and nobody can tell what.
      return .info(
        "the answer must be one element or nothing, not \(completion.result.account)",
        by: completion.server)
    }
    return completion.with(element)
  }

  public func ending(after operations: Int) -> Ending { .drain([Invocation(Self.dequeue)]) }
}
