public import Basics
public import Checking
public import Histories

/// No acknowledged write is gone when all is over.
///
/// Judged by the final reads, the last successful one of every replica (node) that was asked for
/// one; where one never answered, nothing can be said. A final read speaks of what was acknowledged
/// before it began. Every replica must have that; with `replicas: any` it is enough that one has. A
/// value whose write certainly failed, or that nobody wrote, must not be there. Where no operation
/// is marked final, reads that began after the last write and after the last fault was healed are
/// taken.
///
/// With `rpo` what was acknowledged at most so long before a fault took effect may be gone from every replica: copies that
/// are made afterwards cannot promise more. How old the oldest lost write was is measured in any case.
public struct NoLostWrites: Checker {
  public static let name = "no-lost-writes"
  public static let summary = "Every acknowledged write is in the final reads of the replicas."
  public static let schema = Schema([
    ServiceFrame.workload, Replicas.key, RecoveryPoint.key, ServiceFrame.fault,
  ])

  let replicas: Replicas
  let frame: ServiceFrame
  let objective: Duration?

  public static let unasked = Unasked.whereFed

  public var feed: Feed {
    .functions([[.init("add", argument: .scalar), .init("read", result: .list)]])
  }

  public init(_ settings: Settings) throws(SettingsError) {
    replicas = Replicas(settings)
    frame = try ServiceFrame(settings)
    objective = settings.duration("rpo")
    if objective == nil, settings["fault"] != nil {
      throw SettingsError("fault", "'fault' is about 'rpo': say what may be gone after it")
    }
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    let groups = history.byKey(["add", "read"])
    var judgement = Judgement()
    let point = RecoveryPoint(objective, frame.timeline(of: history))
    var tally = Tally()
    for group in groups where !judgement.isSpent(budget) {
      judge(group, history, point, &tally, &judgement)
    }
    let operations = groups.reduce(0) { $0 + $1.positions.count }
    guard tally.attempted > 0 || !judgement.violations.isEmpty || !judgement.doubts.isEmpty else {
      return Self.nothingToJudge("Nothing was written.", operations: operations)
    }
    if tally.acknowledged == 0 {
      judgement.doubt("None of \(Wording.count(tally.attempted, "write")) was acknowledged.")
    } else if tally.judged == 0 {
      judgement.doubt("No write was acknowledged before a final read began.")
    }
    let names = tally.replicas.sorted()
    let places = names.isEmpty ? "the final read" : names.joined(separator: ", ")
    return judgement.finding(
      of: Self.self,
      held:
        "\(tally.lost.isEmpty ? "all" : "all others") of \(Wording.count(tally.judged, "write")) acknowledged before the final reads "
        + "are at \(replicas == .any && names.count > 1 ? "one of " : "")\(places)",
      operations: operations, figures: tally.members(history))
  }

  private func judge(
    _ group: KeyGroup, _ history: History, _ point: RecoveryPoint, _ tally: inout Tally,
    _ judgement: inout Judgement
  ) {
    var additions = Additions(history, group)
    tally.attempted += additions.attemptCount
    tally.acknowledged += additions.acknowledgedCount
    let reads = FinalStates(additions, group, history)
    reads.doubt(&judgement, group, history)
    guard !reads.last.isEmpty else {
      judgement.doubt("No final read\(group.suffix(history)) succeeded.")
      return
    }
    let finals = FinalSets(reads, replicas, &additions, group, history)
    let lost = finals.lost.map { history.operations[Int(finals.report.additions.position[$0])] }
    finals.judge(&judgement, one: "acknowledged write is", many: "acknowledged writes are") {
      point.excuses(history.operations[Int(finals.report.additions.position[$0])])
    }
    tally.age = [tally.age, point.measured(lost)].compactMap { $0 }.max()
    let excused = lost.count(where: point.excuses)
    if excused > 0, let age = tally.age {
      judgement.note(
        "\(Wording.count(excused, "acknowledged write")) \(excused == 1 ? "is" : "are") gone, as they may be: "
          + "the oldest that is gone was \(Wording.milliseconds(age)) old when the fault took effect"
      )
    }
    judgeContents(finals, &tally, &judgement)
    tally.take(finals)
  }

  /// What no replica may have.
  private func judgeContents(
    _ finals: FinalSets, _ tally: inout Tally, _ judgement: inout Judgement
  ) {
    func judge(_ kind: String, _ elements: KeyPath<Visible, [Int]>, one: String, many: String)
      -> [Value]
    {
      let all = finals.all(elements)
      finals.report.violate(kind, all, &judgement, one: one, many: many, shown: finals.shown)
      return finals.report.values(all)
    }
    tally.foreign += judge(
      "foreign", \.foreign, one: "value that nobody wrote is there",
      many: "values that nobody wrote are there")
    tally.failed += judge(
      "failed but visible", \.failed, one: "value whose write failed is there all the same",
      many: "values whose writes failed are there all the same")
  }

  private struct Tally {
    var attempted = 0
    var acknowledged = 0
    var judged = 0
    var recovered = 0
    var replicas: Set<String> = []
    var diverged = 0
    var missing: [String: Int] = [:]
    var lost: [Value] = []
    var foreign: [Value] = []
    var failed: [Value] = []
    var duplicated: [Value] = []
    /// Of the oldest lost write, when a fault took effect.
    var age: Duration?

    mutating func take(_ finals: FinalSets) {
      judged += finals.judgedCount
      lost += finals.report.values(finals.lost)
      duplicated += finals.report.values(finals.all(\.repeated))
      recovered += finals.all(\.recovered).count
      if finals.divergence != nil { diverged += 1 }
      for (name, count) in finals.missingCounts {
        replicas.insert(name)
        missing[name, default: 0] += count
      }
    }

    func members(_ history: History) -> [JSON.Member] {
      [
        .init("attempted", .integer(attempted)), .init("acknowledged", .integer(acknowledged)),
        .init("judged", .integer(judged)), .init("recovered", .integer(recovered)),
        .init("lostCount", .integer(lost.count)),
        .init("rpo", .optional(age) { .milliseconds($0) }),
        .init("lost", .values(lost, of: history)),
        .init("foreign", .values(foreign, of: history)),
        .init("failedButVisible", .values(failed, of: history)),
        .init("duplicated", .values(duplicated, of: history)),
        .init("diverged", .integer(diverged)),
        .init(
          "missingPerReplica",
          .object(missing.keys.sorted().map { .init($0, .integer(missing[$0]!)) })),
      ]
    }
  }
}
