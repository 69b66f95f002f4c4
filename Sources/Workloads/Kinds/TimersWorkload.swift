public import Basics
internal import Histories

/// Timers are set, and those that have fired are read.
public struct TimersWorkload: Workload {
  public static let kind = "timers"
  public static let summary = "Sets timers and reads which have fired."
  public static let contract = """
    set sets a timer: 'id' is a whole number that is used once in the run, 'delay' a number of milliseconds,
    counted from when the service takes the call. fired completes with a list of the ids of all timers that
    have fired since the beginning, in any order, a timer that fired twice twice; those of another workload of
    the same run are left out. In the end every replica is asked for what has fired.
    """
  public static let addsElements = true
  public static let standsAlone = true
  public static let schema = Schema([
    Schema.Key("shortest", .duration, "The shortest delay.", default: "100ms"),
    Schema.Key(
      "longest", .duration, "The longest delay; each between the two is as likely.", default: "1s"),
    ReadShare.key("20%"),
  ])

  private static let set = WorkloadFunction(
    "set", argument: .list, parts: ["id", "delay"],
    "Sets the timer 'id', which is to fire 'delay' milliseconds later.")
  private static let fired = WorkloadFunction(
    "fired", result: .list, isRead: true, "Completes with the ids of all timers that have fired.")
  public static let functions = [set, fired]

  /// In milliseconds.
  private let delays: ClosedRange<Int>
  private let reads: Ratio
  private let mark: ElementMark

  /// - Throws: a longest delay below the shortest.
  public init(_ settings: Settings, mark: ElementMark) throws(WorkloadError) {
    self.mark = mark
    reads = settings.ratio("reads") ?? Ratio(0.2)
    let shortest = settings.duration("shortest") ?? .milliseconds(100)
    let longest = settings.duration("longest") ?? max(.seconds(1), shortest)
    guard longest >= shortest else {
      throw WorkloadError("longest", "a delay that is not below 'shortest' is expected here")
    }
    delays = Int(shortest.milliseconds)...Int(longest.milliseconds)
  }

  public func invocation(
    _ sequence: Int, after last: Exchange?, using chance: inout Chance
  ) -> Invocation {
    if chance.roll(reads) { return Invocation(Self.fired) }
    let delay = delays.lowerBound + chance.below(delays.count)
    return Invocation(Self.set, .integers([mark.element(sequence), Int64(delay)]))
  }

  public func reading(_ completion: Completion, of invocation: Invocation) -> Completion {
    guard invocation.function.isRead, completion.kind == .ok else { return completion }
    return completion.ownElements(mark)
  }

  public func ending(after operations: Int) -> Ending { .everyReplica([Invocation(Self.fired)]) }
}
