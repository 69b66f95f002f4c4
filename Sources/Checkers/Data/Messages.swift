public import Basics
public import Checking
public import Histories

/// Messages are delivered as often as was promised, in order under their key, and no others are.
///
/// Operations are `publish` and `consume` (completed with a list of messages, one message, or nothing) under
/// keys. A message that was acknowledged and never delivered is lost if a later consume of its key found
/// nothing (one of the end, where the history marks its end); a consume of unknown outcome may have been delivered it, unless `redelivers` says that it would
/// have come again. Of two messages under a key of which one was acknowledged before the other was published,
/// the first must be delivered first; only first deliveries count, and a consume of unknown outcome may have
/// been one.
public struct Messages: Checker {
  public static let name = "messages"
  public static let summary = "Published messages are delivered, in order under each key."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "delivery", .choice(["at-least-once", "at-most-once", "exactly-once"]),
      "How often a message is delivered.", default: "at-least-once"),
    .init("ordered", .flag, "Whether the order under a key counts.", default: "true"),
    .init(
      "redelivers", .flag,
      "Whether what a consume of unknown outcome was delivered must be delivered again.",
      default: "false"),
  ])

  let mayLose: Bool
  let mayRepeat: Bool
  let isOrdered: Bool
  let redelivers: Bool

  public static let unasked = Unasked.whereFed

  public var feed: Feed { .functions([[.init("publish"), .init("consume")]]) }

  public init(_ settings: Settings) throws(SettingsError) {
    let delivery = settings.text("delivery") ?? "at-least-once"
    mayLose = delivery == "at-most-once"
    mayRepeat = delivery == "at-least-once"
    isOrdered = settings.flag("ordered") ?? true
    redelivers = settings.flag("redelivers") ?? false
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let groups = history.byKey(["publish", "consume"])
    var judgement = Judgement()
    var tally = Tally()
    let hasEnd = QueueFlow.hasEnd(history)
    for group in groups where !judgement.isSpent(budget) {
      let flow = QueueFlow(history, group, hasEnd: hasEnd)
      judge(flow, &judgement)
      var order = DeliveryOrder(history, group)
      if isOrdered { order.judge(&judgement) }
      tally.take(flow, order)
    }
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard tally.acknowledged + tally.delivered > 0 else {
      return Self.nothingToJudge(
        "Nothing was published and nothing delivered.", operations: operations)
    }
    if tally.delivered == 0 && judgement.violations.isEmpty {
      judgement.doubt("Nothing was delivered.")
    }
    return judgement.finding(
      of: Self.self, held: held(tally), operations: operations, figures: tally.members(history))
  }

  private func held(_ tally: Tally) -> String {
    let lost = tally.lost.count
    let repeated =
      tally.repeated.isEmpty
      ? "" : ", \(Wording.count(tally.repeated.count, "message")) more than once"
    return
      "\(tally.acknowledged - lost) of \(Wording.count(tally.acknowledged, "acknowledged message"))"
      + " were delivered\(repeated)" + (isOrdered ? ", in order" : "")
  }

  private func judge(_ flow: QueueFlow, _ judgement: inout Judgement) {
    if !mayLose { judgeLost(flow, &judgement) }
    flow.violate("foreign", flow.foreign, "delivered and never published", &judgement)
    flow.violate("failed but visible", flow.failed, "failed and delivered", &judgement)
    flow.violate("early", flow.early, "delivered before being published", &judgement)
    if !mayRepeat {
      flow.violate("duplicate", flow.duplicated, "delivered more often than published", &judgement)
    }
  }

  private func judgeLost(_ flow: QueueFlow, _ judgement: inout Judgement) {
    let lost = flow.missing(before: flow.emptied).map(\.element)
    let known = Set(lost)
    let waiting = flow.missing().map(\.element).filter { !known.contains($0) }
    if !waiting.isEmpty {
      judgement.doubt(
        words(waiting, flow) + ", perhaps waiting still: no later consume found nothing.")
    }
    guard !lost.isEmpty else { return }
    if flow.unknownDequeues > 0, !redelivers {
      judgement.doubt(
        words(lost, flow) + ", but consumes of unknown outcome may have been delivered them.")
    } else {
      flow.violate("lost", lost, "acknowledged and never delivered", &judgement)
    }
  }

  private func words(_ messages: [Int], _ flow: QueueFlow) -> String {
    let list = Wording.list(messages.map { flow.elements.values[$0] }, flow.history)
    return
      "\(messages.count) acknowledged\(flow.group.suffix(flow.history)) not delivered (\(list))"
  }

  private struct Tally {
    var acknowledged = 0
    var delivered = 0
    var disordered = 0
    var lost: [Value] = []
    var repeated: [Value] = []

    mutating func take(_ flow: QueueFlow, _ order: DeliveryOrder) {
      acknowledged += flow.acknowledged
      delivered += flow.dequeuedCount
      disordered += order.broken
      lost += flow.missing().map { flow.elements.values[$0.element] }
      repeated += flow.duplicated.map { flow.elements.values[$0] }
    }

    func members(_ history: History) -> [JSON.Member] {
      [
        .init("acknowledged", .integer(acknowledged)), .init("delivered", .integer(delivered)),
        .init("lostCount", .integer(lost.count)), .init("lost", .values(lost, of: history)),
        .init("repeatedCount", .integer(repeated.count)),
        .init("repeated", .values(repeated, of: history)),
        .init("outOfOrder", .integer(disordered)),
      ]
    }
  }
}
