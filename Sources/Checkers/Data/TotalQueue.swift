public import Basics
public import Checking
public import Histories

/// What goes into a queue comes out, as often as its delivery promise says, and nothing else does.
///
/// Operations are `enqueue`, `dequeue` (completed with the element, or with nothing where there is none) and
/// `drain` (with a list of all). An acknowledged element that never came out is lost if a later drain
/// succeeded, or a later dequeue found nothing (one of the end, where the history marks its end): otherwise it may
/// still be inside. `drained` says so where the history cannot. A dequeue of unknown outcome that tells which
/// element it was about to take may have taken that; one that does not may have taken any, so as many missing
/// elements as there are such dequeues prove nothing.
public struct TotalQueue: Checker {
  public static let name = "total-queue"
  public static let summary = "What goes into a queue comes out, once or at least once."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "delivery", .choice(["exactly-once", "at-least-once"]),
      "How often an element may come out.", default: "exactly-once"),
    .init(
      "drained", .flag,
      "Whether the queue was emptied at the end; without it a drain, or a dequeue that found nothing, must show it."
    ),
  ])

  let isExactlyOnce: Bool
  let isDrained: Bool?

  public static let unasked = Unasked.whereFed

  public var feed: Feed { .functions([[.init("enqueue"), .init("dequeue")]]) }

  public init(_ settings: Settings) throws(SettingsError) {
    isExactlyOnce = settings.text("delivery") != "at-least-once"
    isDrained = settings.flag("drained")
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let groups = history.byKey(["enqueue", "dequeue", "drain"])
    var judgement = Judgement()
    var tally = Tally()
    let hasEnd = QueueFlow.hasEnd(history)
    for group in groups where !judgement.isSpent(budget) {
      let flow = QueueFlow(history, group, hasEnd: hasEnd)
      judge(flow, &judgement)
      tally.take(flow)
    }
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard tally.acknowledged + tally.dequeued > 0 else {
      return Self.nothingToJudge("Nothing went in and nothing came out.", operations: operations)
    }
    if tally.dequeued == 0 && judgement.violations.isEmpty {
      judgement.doubt("Nothing came out.")
    }
    return judgement.finding(
      of: Self.self,
      held: "all of \(Wording.count(tally.acknowledged, "acknowledged element")) came out",
      operations: operations, figures: tally.members(history))
  }

  private func judge(_ flow: QueueFlow, _ judgement: inout Judgement) {
    judgeLost(flow, &judgement)
    flow.violate("foreign", flow.foreign, "came out and never went in", &judgement)
    flow.violate("failed but visible", flow.failed, "failed to go in and came out", &judgement)
    flow.violate("early", flow.early, "came out before going in", &judgement)
    if isExactlyOnce {
      flow.violate("early", flow.overdrawn, "came out before going in so often", &judgement)
      flow.violate("duplicate", flow.duplicated, "came out more often than put in", &judgement)
    }
  }

  private func judgeLost(_ flow: QueueFlow, _ judgement: inout Judgement) {
    let missing = flow.missing(before: isDrained.map { $0 ? .max : 0 } ?? flow.emptied)
    let lost = missing.map(\.element)
    let known = Set(lost)
    let inside = flow.missing().map(\.element).filter { !known.contains($0) }
    if !inside.isEmpty {
      judgement.doubt(
        words(inside, flow) + ", perhaps yet: nothing shows that the queue was emptied after them.")
    }
    guard !lost.isEmpty else { return }
    if flow.hasUnknownDrain || missing.reduce(0, { $0 + $1.count }) <= flow.unknownDequeues {
      judgement.doubt(
        words(lost, flow) + ", but calls of unknown outcome may have taken them.")
    } else {
      flow.violate("lost", lost, "never came out, though acknowledged", &judgement)
    }
  }

  private func words(_ elements: [Int], _ flow: QueueFlow) -> String {
    let list = Wording.list(elements.map { flow.elements.values[$0] }, flow.history)
    return "\(elements.count) acknowledged did not come out (\(list))"
  }

  private struct Tally {
    var attempted = 0
    var acknowledged = 0
    var dequeued = 0
    var recovered = 0
    var lost: [Value] = []
    var foreign: [Value] = []
    var failed: [Value] = []
    var duplicated: [Value] = []

    mutating func take(_ flow: QueueFlow) {
      func values(_ elements: [Int]) -> [Value] { elements.map { flow.elements.values[$0] } }
      attempted += flow.attempted
      acknowledged += flow.acknowledged
      dequeued += flow.dequeuedCount
      recovered += flow.recovered
      lost += values(flow.missing().map(\.element))
      foreign += values(flow.foreign)
      failed += values(flow.failed)
      duplicated += values(flow.duplicated)
    }

    func members(_ history: History) -> [JSON.Member] {
      [
        .init("attempted", .integer(attempted)), .init("acknowledged", .integer(acknowledged)),
        .init("dequeued", .integer(dequeued)), .init("recovered", .integer(recovered)),
        .init("lostCount", .integer(lost.count)), .init("lost", .values(lost, of: history)),
        .init("foreign", .values(foreign, of: history)),
        .init("failedButVisible", .values(failed, of: history)),
        .init("duplicated", .values(duplicated, of: history)),
      ]
    }
  }
}
