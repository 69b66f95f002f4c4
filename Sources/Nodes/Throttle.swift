public import Basics
internal import Linux
internal import Synchronization

/// Gives a component a share of one processor, as a CFS quota does (sched-bwc.rst): in each period its
/// processes run until they have used their quota, and are stopped until the next. What they used too
/// much, several at once or while this thread was late, is taken from the periods that follow.
public final class Throttle: Sendable {
  /// What it has done so far.
  public struct Use: Hashable, Sendable {
    /// Wall time since it began.
    public let window: Duration
    /// Processor time of the component's processes, by the kernel's count.
    public let used: Duration
    /// In how many periods the quota was used up, so that they were stopped.
    public let exhausted: Int
    /// How many processes there are now.
    public let processes: Int
  }

  private struct Tally {
    var used: Int64 = 0
    /// The kernel's count at the last look, and when that was.
    var last: Int64 = 0
    var at: Int64 = 0
    var exhausted = 0
    /// What may still be used in this period; below zero what was used too much.
    var credit: Int64 = 0
  }

  /// The period of a CFS quota, in nanoseconds.
  private static let period: Int64 = 100_000_000
  /// The shortest time between two looks, in nanoseconds.
  private static let shortestNap: Int64 = 1_000_000

  private let instance: InstanceID
  private let supervisor: Supervisor
  /// What may be used in one period, in nanoseconds.
  private let quota: Int64
  private let begin: Int64
  private let processors: Int64
  private let tally: Mutex<Tally>
  private let recurrence = Mutex<Recurrence?>(nil)

  /// Begins at once, on a thread of its own; the component's later starts have the quota, too.
  public init(_ instance: InstanceID, to quota: Ratio, by supervisor: Supervisor)
    throws(NodesError)
  {
    self.instance = instance
    self.supervisor = supervisor
    self.quota = Int64(quota.value * Double(Self.period))
    processors = Int64(Processors.online)
    begin = MonotonicClock.nanoseconds
    tally = Mutex(Tally(last: try supervisor.processorTime(of: instance), at: begin))
    let recurrence = try Recurrence(named: "quota", every: 1) { [weak self] in self?.runPeriod() }
    self.recurrence.withLock { $0 = recurrence }
  }

  /// What was seen so far.
  public func use() throws(NodesError) -> Use {
    let tally = tally.withLock { $0 }
    return Use(
      window: .nanoseconds(tally.at - begin), used: .nanoseconds(tally.used),
      exhausted: tally.exhausted, processes: try supervisor.processes(instance).count)
  }

  /// Lets the processes run, and waits for the kernel's word that they may. Doing it twice does no harm.
  public func end() throws(NodesError) {
    recurrence.withLock { $0.take() }?.end()
    try supervisor.setHeld(false, instance, until: Supervisor.deadline)
  }

  private func runPeriod() {
    let end = MonotonicClock.nanoseconds + Self.period
    let isOutOfCredit = tally.withLock { tally in
      tally.credit = min(tally.credit + quota, quota)
      return tally.credit <= 0
    }
    // A component that is being started anew cannot be told to stop: the next period finds it.
    if !isOutOfCredit { try? supervisor.setHeld(false, instance) }
    if isOutOfCredit || spend(until: end) {
      tally.withLock { $0.exhausted += 1 }
      try? supervisor.setHeld(true, instance)
    }
    MonotonicClock.sleep(until: end)
    take()
  }

  /// Looks on until the quota is used up, which is true, or the period is over.
  private func spend(until end: Int64) -> Bool {
    while true {
      let left = take().credit
      if left <= 0 { return true }
      let now = MonotonicClock.nanoseconds
      if now >= end { return false }
      // All processors may be at it.
      MonotonicClock.sleep(
        until: min(end, now + max(left / processors, Self.shortestNap)))
    }
  }

  /// Counts what was used since the last look; only this thread looks.
  @discardableResult private func take() -> Tally {
    // What is being started anew has used nothing yet.
    let now = try? supervisor.processorTime(of: instance)
    return tally.withLock { tally in
      guard let now else { return tally }
      // The count of a new start, or of fewer processes, begins anew.
      let more = max(0, now - tally.last)
      tally.last = now
      tally.at = MonotonicClock.nanoseconds
      tally.used += more
      tally.credit -= more
      return tally
    }
  }
}
