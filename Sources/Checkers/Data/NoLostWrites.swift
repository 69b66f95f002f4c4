public import Checking
public import Basics
public import Histories

/// No acknowledged write is gone when all is over.
///
/// Judged by the final reads, the last successful one of every replica (node) that serves. With
/// `replicas: any` a value is lost when no replica has it; with `every`, also when one replica
/// lacks what another has. A value whose write certainly failed, or that nobody wrote, must not be
/// there. Where no operation is marked final, reads that began after the last write and after the
/// last fault was healed are taken.
public struct NoLostWrites: Checker {
  public static let name = "no-lost-writes"
  public static let summary = "Every acknowledged write is in the final reads of the replicas."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init(
      "replicas", .choice(["any", "every"]),
      "Whether a write must be at any replica or at every one.", default: "any"),
  ])

  let mustBeEverywhere: Bool

  public static let unasked = Unasked.whereFed

  public var feed: Feed {
    .functions([[.init("add", argument: .scalar), .init("read", result: .list)]])
  }

  public init(_ settings: Settings) throws(SettingsError) {
    mustBeEverywhere = settings.text("replicas") == "every"
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let groups = history.byKey(["add", "read"])
    var judgement = Judgement()
    var tally = Tally()
    for group in groups { judge(group, history, &tally, &judgement) }
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard tally.attempted > 0 || !judgement.violations.isEmpty else {
      return Self.nothingToJudge("Nothing was written.", operations: operations)
    }
    if tally.acknowledged == 0 {
      judgement.doubt("None of \(Wording.count(tally.attempted, "write")) was acknowledged.")
    }
    let replicas = tally.replicas.sorted()
    let places = replicas.isEmpty ? "the final read" : replicas.joined(separator: ", ")
    return judgement.finding(
      of: Self.self,
      held: "all of \(Wording.count(tally.acknowledged, "acknowledged write")) are at \(places)",
      operations: operations, figures: tally.members(history))
  }

  private func judge(
    _ group: KeyGroup, _ history: History, _ tally: inout Tally, _ judgement: inout Judgement
  ) {
    var additions = Additions(history, group)
    tally.attempted += additions.attemptCount
    tally.acknowledged += additions.acknowledgedCount
    let finals = FinalReads(additions, group, history)
    for replica in finals.silent {
      judgement.doubt("No final read at \(replica) succeeded.")
    }
    let replicas = finals.last.map { Visible($0, &additions, history) }
    guard !replicas.isEmpty else {
      judgement.doubt("No final read\(group.suffix(history)) succeeded.")
      return
    }
    let report = SetReport(history: history, additions: additions, group: group)
    let missing = replicas.map { $0.missing(additions, history) }
    judgeLost(missing, replicas, report, &tally, &judgement)
    judgeContents(replicas, report, &tally, &judgement)
    if mustBeEverywhere { judgeStale(missing, replicas, report, &judgement) }
    for (replica, missing) in zip(replicas, missing) {
      let name = history.node(history.operations[replica.read]) ?? "unnamed"
      tally.replicas.insert(name)
      tally.missing[name, default: 0] += missing.count
    }
  }

  /// Missing from every replica.
  private func judgeLost(
    _ missing: [[Int]], _ replicas: [Visible], _ report: SetReport, _ tally: inout Tally,
    _ judgement: inout Judgement
  ) {
    let lost = missing[0].filter { element in replicas.allSatisfy { !$0.has(element) } }
    report.violate(
      "lost", lost, &judgement, one: "acknowledged write is gone",
      many: "acknowledged writes are gone"
    ) { _ in replicas.map(\.read) }
    tally.lost += report.values(lost)
  }

  /// What no replica may have.
  private func judgeContents(
    _ replicas: [Visible], _ report: SetReport, _ tally: inout Tally,
    _ judgement: inout Judgement
  ) {
    func judge(_ kind: String, _ elements: KeyPath<Visible, [Int]>, one: String, many: String)
      -> [Value]
    {
      let all = Array(Set(replicas.flatMap { $0[keyPath: elements] })).sorted()
      report.violate(kind, all, &judgement, one: one, many: many) { element in
        replicas.first { $0.has(element) }.map { [$0.read] } ?? []
      }
      return report.values(all)
    }
    tally.foreign += judge(
      "foreign", \.foreign, one: "value that nobody wrote is there",
      many: "values that nobody wrote are there")
    tally.failed += judge(
      "failed but visible", \.failed, one: "value whose write failed is there all the same",
      many: "values whose writes failed are there all the same")
    tally.duplicated += report.values(Array(Set(replicas.flatMap(\.repeated))))
    tally.recovered += Set(replicas.flatMap(\.recovered)).count
  }

  /// Missing from one replica and there at another.
  private func judgeStale(
    _ missing: [[Int]], _ replicas: [Visible], _ report: SetReport, _ judgement: inout Judgement
  ) {
    for (position, replica) in replicas.enumerated() {
      let stale = missing[position].filter { element in replicas.contains { $0.has(element) } }
      let name =
        report.history.node(report.history.operations[replica.read]) ?? "one replica"
      report.violate(
        "stale replica", stale, &judgement, one: "acknowledged write is missing at \(name)",
        many: "acknowledged writes are missing at \(name)"
      ) { element in
        [replica.read] + (replicas.first { $0.has(element) }.map { [$0.read] } ?? [])
      }
    }
  }

  private struct Tally {
    var attempted = 0
    var acknowledged = 0
    var recovered = 0
    var replicas: Set<String> = []
    var missing: [String: Int] = [:]
    var lost: [Value] = []
    var foreign: [Value] = []
    var failed: [Value] = []
    var duplicated: [Value] = []

    func members(_ history: History) -> [JSON.Member] {
      [
        .init("attempted", .integer(attempted)), .init("acknowledged", .integer(acknowledged)),
        .init("recovered", .integer(recovered)),
        .init("lostCount", .integer(lost.count)), .init("lost", .values(lost, of: history)),
        .init("foreign", .values(foreign, of: history)),
        .init("failedButVisible", .values(failed, of: history)),
        .init("duplicated", .values(duplicated, of: history)),
        .init(
          "missingPerReplica",
          .object(missing.keys.sorted().map { .init($0, .integer(missing[$0]!)) })),
      ]
    }
  }
}
