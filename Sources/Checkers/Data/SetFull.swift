public import Basics
public import Checking
public import Histories
import Statistics

/// Every element that is known to be in the set stays in it, judged by every read.
///
/// An element is known from the first acknowledged addition or the first read that shows it. A read
/// that began later and lacks it is stale; when no read shows the element again afterwards, it is
/// lost. Stale reads are violations only with `linearizable: true`. An element that no read began
/// late enough to judge was never read. Elements that nobody added, whose additions certainly
/// failed, that were read before they were added, or that one read shows twice, must not be.
///
/// Where final reads come from several replicas (nodes), every one must show what was acknowledged
/// before its read began, unless `replicas: any` is said; a replica that was asked for a final read
/// and gave none leaves a doubt.
public struct SetFull: Checker {
  public static let name = "set-full"
  public static let summary = "Elements known to be in a set stay in it, judged by every read."
  public static let schema = Schema([
    ServiceFrame.workload, Replicas.key,
    .init("linearizable", .flag, "Whether a stale read is a violation.", default: "false"),
    .init(
      "duplicates", .flag, "Whether a read may hold an element twice.", default: "false"),
  ])

  let isLinearizable: Bool
  let allowsDuplicates: Bool
  let replicas: Replicas

  public var feed: Feed {
    .functions([[.init("add", argument: .scalar), .init("read", result: .list)]])
  }

  public init(_ settings: Settings) throws(SettingsError) {
    isLinearizable = settings.flag("linearizable") ?? false
    allowsDuplicates = settings.flag("duplicates") ?? false
    replicas = Replicas(settings)
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
    guard tally.attempted > 0 || tally.reads > 0 else {
      return Self.nothingToJudge("Nothing was added and nothing was read.", operations: operations)
    }
    if tally.reads == 0 { judgement.doubt("No read succeeded.") }
    if tally.stable + tally.lost.count == 0 {
      judgement.doubt("No element was known before a read began.")
    }
    return judgement.finding(
      of: Self.self,
      held: "\(Wording.count(tally.stable, "element")) stayed in all later reads"
        + (tally.stale.isEmpty ? "" : ", \(tally.stale.count) after stale reads"),
      operations: operations, figures: tally.members(history))
  }

  private func judge(
    _ group: KeyGroup, _ history: History, _ tally: inout Tally, _ judgement: inout Judgement
  ) {
    var scan = SetFullScan(history, group)
    scan.run()
    let finals = finalReads(scan.additions, group, history, &judgement)
    if replicas == .any, let finals {
      scan.excuse { element in finals.replicas.contains { $0.has(element) } }
    }
    let report = SetReport(history: history, additions: scan.additions, group: group)
    report.violate(
      "lost", scan.lost, &judgement, one: "element that was known to be there is gone",
      many: "elements that were known to be there are gone"
    ) { scan.shown($0) }
    if isLinearizable {
      report.violate(
        "stale", scan.stale, &judgement, one: "element was missing from a read that began later",
        many: "elements were missing from reads that began later"
      ) { scan.shown($0) }
    }
    scan.judgeContents(report, allowsDuplicates: allowsDuplicates, &judgement)
    tally.take(scan, report)
    if replicas == .every {
      finals?.judgeStale(
        &judgement, one: "acknowledged element is", many: "acknowledged elements are")
    }
    if let divergence = finals?.divergence { judgement.note(divergence) }
  }

  /// The final reads, where there are some of several replicas.
  private func finalReads(
    _ additions: Additions, _ group: KeyGroup, _ history: History, _ judgement: inout Judgement
  ) -> FinalSets? {
    guard group.positions.contains(where: { history.operations[Int($0)].isFinal }) else {
      return nil
    }
    var additions = additions
    let reads = FinalStates(lastOf: additions, group, history)
    reads.doubt(&judgement, group, history)
    guard reads.last.count > 1 else { return nil }
    return FinalSets(reads, replicas, &additions, group, history)
  }

  private struct Tally {
    var attempted = 0
    var acknowledged = 0
    var reads = 0
    var stable = 0
    var neverRead = 0
    var lost: [Value] = []
    var stale: [Value] = []
    var foreign: [Value] = []
    var failed: [Value] = []
    var duplicated: [Value] = []
    var latencies: [Int64] = []

    mutating func take(_ scan: SetFullScan, _ report: SetReport) {
      attempted += scan.additions.attemptCount
      acknowledged += scan.additions.acknowledgedCount
      reads += scan.additions.reads.count
      stable += scan.stableCount
      neverRead += scan.neverReadCount
      lost += report.values(scan.lost)
      stale += report.values(scan.stale)
      foreign += report.values(scan.foreign)
      failed += report.values(scan.failed)
      duplicated += report.values(scan.repeated)
      latencies += scan.latencies
    }

    func members(_ history: History) -> [JSON.Member] {
      [
        .init("attempted", .integer(attempted)), .init("acknowledged", .integer(acknowledged)),
        .init("reads", .integer(reads)), .init("stable", .integer(stable)),
        .init("neverRead", .integer(neverRead)), .init("lostCount", .integer(lost.count)),
        .init("lost", .values(lost, of: history)), .init("staleCount", .integer(stale.count)),
        .init("stale", .values(stale, of: history)),
        .init("foreign", .values(foreign, of: history)),
        .init("failedButVisible", .values(failed, of: history)),
        .init("duplicated", .values(duplicated, of: history)),
        .init(
          "stableLatency",
          latencies.isEmpty || !history.hasTimes ? .null : Quantiles(latencies).json),
      ]
    }
  }
}
