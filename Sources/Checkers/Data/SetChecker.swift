public import Basics
public import Checking
public import Histories

/// Every acknowledged addition is in the final read, and nothing else but what was tried.
///
/// The final read is the last successful one. Where reads are marked final it is the last of those,
/// at every replica (node) that was asked for one; where one never answered, or with no list,
/// nothing can be said.
/// Operations are `add` (an element) and `read` (a list). An addition counts as lost when it was
/// acknowledged before the final read began; an element of an addition that certainly failed must
/// not be there.
public struct SetChecker: Checker {
  public static let name = "set"
  public static let summary = "Acknowledged additions are in the final read, and nothing foreign."
  public static let schema = Schema([
    ServiceFrame.workload, Replicas.key,
    .init(
      "duplicates", .flag, "Whether a read may hold an element twice.", default: "false"),
  ])

  let replicas: Replicas
  let allowsDuplicates: Bool

  public var feed: Feed {
    .functions([[.init("add", argument: .scalar), .init("read", result: .list)]])
  }

  public init(_ settings: Settings) throws(SettingsError) {
    replicas = Replicas(settings)
    allowsDuplicates = settings.flag("duplicates") ?? false
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let groups = history.byKey(["add", "read"])
    var judgement = Judgement()
    var tally = Tally()
    for group in groups where !judgement.isSpent(budget) {
      judge(group, history, &tally, &judgement)
    }
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard tally.acknowledged > 0 || tally.read > 0 else {
      let reason =
        tally.attempted == 0
        ? "Nothing was added." : "None of \(tally.attempted) additions was acknowledged."
      return Self.nothingToJudge(reason, operations: operations)
    }
    if tally.acknowledged > 0 && tally.judged == 0 && tally.hasFinalRead {
      judgement.doubt("No addition was acknowledged before the final read began.")
    }
    return judgement.finding(
      of: Self.self,
      held: "all of \(Wording.count(tally.judged, "addition")) acknowledged before the final read "
        + "are in it",
      operations: operations, figures: tally.members(history))
  }

  private func judge(
    _ group: KeyGroup, _ history: History, _ tally: inout Tally, _ judgement: inout Judgement
  ) {
    var additions = Additions(history, group)
    tally.attempted += additions.attemptCount
    tally.acknowledged += additions.acknowledgedCount
    let reads = FinalStates(lastOf: additions, group, history)
    reads.doubt(&judgement, group, history)
    guard !reads.last.isEmpty else {
      if reads.isComplete { judgement.doubt("No read\(group.suffix(history)) succeeded.") }
      return
    }
    let finals = FinalSets(reads, replicas, &additions, group, history)
    if additions.acknowledgedCount == 0 && finals.replicas.allSatisfy({ $0.count == 0 }) {
      judgement.doubt("No addition\(group.suffix(history)) was acknowledged.")
    }
    finals.judge(&judgement, one: "acknowledged value is", many: "acknowledged values are")
    finals.report.judgeContents(finals, &judgement)
    if !allowsDuplicates {
      finals.report.violate(
        "duplicate", finals.all(\.repeated), &judgement,
        one: "value is in the read more than once", many: "values are in the read more than once",
        shown: finals.shown)
    }
    tally.take(finals)
  }

  /// Counts and values over all keys.
  private struct Tally {
    var attempted = 0
    var acknowledged = 0
    var judged = 0
    var hasFinalRead = false
    var read = 0
    var diverged = 0
    var lost: [Value] = []
    var unexpected: [Value] = []
    var failed: [Value] = []
    var duplicated: [Value] = []
    var recovered = 0

    mutating func take(_ finals: FinalSets) {
      judged += finals.judgedCount
      hasFinalRead = true
      read += finals.replicas.map(\.count).max() ?? 0
      lost += finals.report.values(finals.lost)
      unexpected += finals.report.values(finals.all(\.foreign) + finals.all(\.early))
      failed += finals.report.values(finals.all(\.failed))
      duplicated += finals.report.values(finals.all(\.repeated))
      recovered += finals.all(\.recovered).count
      if finals.divergence != nil { diverged += 1 }
    }

    func members(_ history: History) -> [JSON.Member] {
      [
        .init("attempted", .integer(attempted)), .init("acknowledged", .integer(acknowledged)),
        .init("judged", .integer(judged)), .init("read", .integer(read)),
        .init("recovered", .integer(recovered)),
        .init("diverged", .integer(diverged)),
        .init("lostCount", .integer(lost.count)), .init("lost", .values(lost, of: history)),
        .init("foreign", .values(unexpected, of: history)),
        .init("failedButVisible", .values(failed, of: history)),
        .init("duplicated", .values(duplicated, of: history)),
      ]
    }
  }
}
