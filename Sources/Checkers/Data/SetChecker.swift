public import Checking
public import Basics
public import Histories

/// Every acknowledged addition is in the final read, and nothing else but what was tried.
///
/// The final read is the last successful one, of those marked final where there are any. Operations
/// are `add` (an element) and `read` (a list). An addition counts as lost when it was acknowledged
/// before the final read began; an element of an addition that certainly failed must not be there.
public struct SetChecker: Checker {
  public static let name = "set"
  public static let summary = "Acknowledged additions are in the final read, and nothing foreign."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "duplicates", .flag, "Whether a read may hold an element twice.", default: "false"),
  ])

  let allowsDuplicates: Bool

  public var feed: Feed {
    .functions([[.init("add", argument: .scalar), .init("read", result: .list)]])
  }

  public init(_ settings: Settings) throws(SettingsError) {
    allowsDuplicates = settings.flag("duplicates") ?? false
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let groups = history.byKey(["add", "read"])
    var judgement = Judgement()
    var tally = Tally()
    for group in groups { judge(group, history, &tally, &judgement) }
    guard tally.acknowledged > 0 || tally.read > 0 else {
      let reason =
        tally.attempted == 0
        ? "Nothing was added." : "None of \(tally.attempted) additions was acknowledged."
      return Self.nothingToJudge(reason, operations: groups.reduce(0) { $0 + $1.positions.count })
    }
    return judgement.finding(
      of: Self.self,
      held: "all of \(Wording.count(tally.acknowledged, "acknowledged addition")) are in the "
        + "final read",
      operations: groups.reduce(0) { $0 + $1.positions.count }, figures: tally.members(history))
  }

  private func judge(
    _ group: KeyGroup, _ history: History, _ tally: inout Tally, _ judgement: inout Judgement
  ) {
    var additions = Additions(history, group)
    tally.attempted += additions.attemptCount
    tally.acknowledged += additions.acknowledgedCount
    let finals = additions.reads.filter { history.operations[Int($0)].isFinal }
    let candidates = finals.isEmpty ? additions.reads : finals
    let last = candidates.max {
      history.operations[Int($0)].completionIndex < history.operations[Int($1)].completionIndex
    }
    guard let last else {
      judgement.doubt("No read\(group.suffix(history)) succeeded.")
      return
    }
    let visible = Visible(last, &additions, history)
    let report = SetReport(history: history, additions: additions, group: group)
    let lost = visible.missing(additions, history)
    if additions.acknowledgedCount == 0 && visible.count == 0 {
      judgement.doubt("No addition\(group.suffix(history)) was acknowledged.")
    }
    report.violate(
      "lost", lost, &judgement, one: "acknowledged value is gone",
      many: "acknowledged values are gone"
    ) { _ in [visible.read] }
    report.judgeContents(visible, &judgement)
    if !allowsDuplicates {
      report.violate(
        "duplicate", Array(Set(visible.repeated)).sorted(), &judgement,
        one: "value is in the read more than once", many: "values are in the read more than once"
      ) { _ in [visible.read] }
    }
    tally.take(visible, lost, report)
  }

  /// Counts and values over all keys.
  private struct Tally {
    var attempted = 0
    var acknowledged = 0
    var read = 0
    var lost: [Value] = []
    var unexpected: [Value] = []
    var failed: [Value] = []
    var duplicated: [Value] = []
    var recovered = 0

    mutating func take(_ visible: Visible, _ lost: [Int], _ report: SetReport) {
      read += visible.count
      self.lost += report.values(lost)
      unexpected += report.values(visible.foreign + visible.early)
      failed += report.values(visible.failed)
      duplicated += report.values(Array(Set(visible.repeated)))
      recovered += visible.recovered.count
    }

    func members(_ history: History) -> [JSON.Member] {
      [
        .init("attempted", .integer(attempted)), .init("acknowledged", .integer(acknowledged)),
        .init("read", .integer(read)), .init("recovered", .integer(recovered)),
        .init("lostCount", .integer(lost.count)), .init("lost", .values(lost, of: history)),
        .init("foreign", .values(unexpected, of: history)),
        .init("failedButVisible", .values(failed, of: history)),
        .init("duplicated", .values(duplicated, of: history)),
      ]
    }
  }
}
