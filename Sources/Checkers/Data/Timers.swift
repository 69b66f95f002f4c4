public import Checking
public import Basics
public import Histories

/// Timers fire as often as was promised, never early, and within a bound.
///
/// Operations are `set` of a list `[id delay]`, the delay in milliseconds, and `fired`, completed with the list
/// of the ids of all timers that have fired, one that fired twice twice. A timer is due its delay after its set
/// took effect, which is between call and acknowledgement: it fired early if a read shows it that was over
/// before the call and the delay, and it is late if a read lacks it that began after the acknowledgement, the
/// delay and `within`. It was never fired if the last reads, those of the end where there are any, lack it
/// although it was due before they began; a timer that was not due by then says nothing. Reads of replicas are
/// judged like all others: one that lags shows a timer late.
public struct Timers: Checker {
  public static let name = "timers"
  public static let summary = "Timers fire, once or at least once, never early and not too late."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "firing", .choice(["exactly-once", "at-least-once", "at-most-once"]),
      "How often a timer fires.", default: "exactly-once"),
    .init(
      "within", .duration,
      "How late a read may show a timer; without it, how late is measured and not judged."),
  ])

  let mayMiss: Bool
  let mayRepeat: Bool
  let within: Duration?

  public static let unasked = Unasked.whereFed

  /// A timer that is late may have waited for a fault to be over.
  public var isExcusedByFaults: Bool { within != nil }

  public var feed: Feed { .functions([[.init("set"), .init("fired", result: .list)]]) }

  public init(_ settings: Settings) throws(SettingsError) {
    let firing = settings.text("firing") ?? "exactly-once"
    mayMiss = firing == "at-most-once"
    mayRepeat = firing == "at-least-once"
    within = settings.duration("within")
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    guard history.hasTimes else {
      return Self.nothingToJudge("The history records an order but no times.")
    }
    let groups = history.byKey(["set", "fired"])
    var judgement = Judgement()
    var tally = TimerTally()
    for group in groups where !judgement.isSpent(budget) {
      var scan = TimerScan(history, group, late: within)
      scan.run(budget)
      judge(scan, &judgement)
      _ = judgement.isSpent(budget)
      tally.take(scan)
    }
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard tally.set + tally.fired > 0 || !judgement.violations.isEmpty else {
      return Self.nothingToJudge("No timer was set and none fired.", operations: operations)
    }
    if tally.fired == 0 && judgement.violations.isEmpty { judgement.doubt("No timer fired.") }
    return judgement.finding(
      of: Self.self,
      held: "\(Wording.count(tally.fired, "timer")) fired, none early, none known to be more "
        + "than \(Wording.milliseconds(tally.latest)) late",
      operations: operations, figures: tally.members(history))
  }

  private func judge(_ scan: TimerScan, _ judgement: inout Judgement) {
    scan.violate("foreign", scan.foreign, "fired and was never set", &judgement)
    scan.violate("failed but visible", scan.failed, "failed to be set and fired", &judgement)
    scan.violate("early", scan.early, "fired before it was due", &judgement)
    if !mayRepeat { scan.violate("duplicate", scan.repeated, "fired more than once", &judgement) }
    if !mayMiss { scan.violate("never fired", scan.missed, "was due and never fired", &judgement) }
    if let within {
      scan.violate(
        "late", scan.late, "had not fired \(Wording.milliseconds(within)) after it was due",
        &judgement)
    }
    guard !mayMiss, !scan.hasRead, scan.acknowledged > 0 else { return }
    judgement.doubt(
      "Nobody could read what had fired\(scan.group.suffix(scan.history)) after the timers were due."
    )
  }
}

/// What is counted over all groups of timers.
private struct TimerTally {
  var set = 0
  var fired = 0
  var latest: Int64 = 0
  var missed: [Value] = []
  var repeated: [Value] = []
  var pending = 0

  mutating func take(_ scan: TimerScan) {
    set += scan.acknowledged
    fired += scan.fired
    latest = max(latest, scan.latest)
    missed += scan.missed.map { scan.elements.values[$0] }
    repeated += scan.repeated.map { scan.elements.values[$0] }
    pending += scan.pending
  }

  func members(_ history: History) -> [JSON.Member] {
    [
      .init("set", .integer(set)), .init("fired", .integer(fired)),
      .init("missedCount", .integer(missed.count)), .init("missed", .values(missed, of: history)),
      .init("repeatedCount", .integer(repeated.count)),
      .init("repeated", .values(repeated, of: history)),
      .init("notDue", .integer(pending)),
      .init("latest", .milliseconds(.nanoseconds(latest))),
    ]
  }
}
