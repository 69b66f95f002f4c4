import Basics
public import Checkers
public import Checking
public import Experiments
public import Histories
public import Reports
import YAML

/// Judges a history by a plan's invariants, and by whether its method was carried out: the last
/// lines of a run, and all of `check`.
public struct Judge: Sendable {
  private let budget: @Sendable () -> Budget

  /// - Parameter budget: Asked for each invariant as its turn comes: what one has spent is not
  ///   gone for the next.
  public init(budget: @escaping @Sendable () -> Budget) { self.budget = budget }

  /// Why a run by hand without traffic has no verdict, in a sentence.
  public static let nothingClaimed =
    "not judged: it was steered by hand and had no traffic, so nobody saw whether promises were kept"

  /// What the invariants say, in the order of the plan, and what that means for the run.
  public struct Opinion: Sendable {
    /// One for each invariant; a doubt about the method itself stands last, as `method`.
    public var judgements: [RunRecord.Judgement]
    /// All of these verdicts, weighed against the plan's `expect:`.
    public var expectation: Expectation.Judgement
  }

  /// Judges every invariant of the plan, then whether the plan's method was carried out.
  ///
  /// - Parameter isOneOfMany: somebody judges what many runs show together; where nobody does, a bound of many runs is
  ///   unknown, for one alone cannot show it.
  public func judge(
    _ history: History, by plan: Plan, isOneOfMany: Bool = false
  ) -> Opinion {
    guard !plan.claimsNothing else {
      return Opinion(
        judgements: [],
        expectation: .init(verdict: .unknown, sentence: Self.nothingClaimed))
    }
    var judgements = plan.invariants.map { judge(history, by: $0, plan) }
    if let doubtful = Soundness(plan: plan, history: history).judgement {
      judgements.append(
        .init(name: Soundness.name, workload: nil, finding: doubtful, isExpectedToFail: false))
    }
    if !isOneOfMany, let unanswered = Self.unanswered(plan) {
      judgements.append(
        .init(name: Self.overRuns, workload: nil, finding: unanswered, isExpectedToFail: false))
    }
    let verdicts = judgements.map { (name: $0.name, verdict: $0.finding.verdict) }
    return Opinion(judgements: judgements, expectation: plan.expectation.judge(verdicts))
  }

  private func judge(_ history: History, by invariant: Invariant, _ plan: Plan)
    -> RunRecord.Judgement
  {
    let judged = invariant.workload.map { history.of(workload: $0) } ?? history
    var judgement = RunRecord.Judgement(
      name: invariant.name, workload: invariant.workload,
      finding: finding(judged, invariant),
      isExpectedToFail: plan.expectation.mustFail.contains(invariant.name))
    if invariant.unasked == nil {
      let mark = invariant.mark
      judgement.place = FilePlace(file: mark.file, line: mark.line, column: mark.column)
    }
    return judgement
  }

  private func finding(_ history: History, _ invariant: Invariant) -> Finding {
    guard let type = Catalogue.checker(named: invariant.checker) else {
      return unable(invariant, "there is no checker of that name")
    }
    do throws(SettingsError) {
      return try type.init(invariant.settings).judge(history, within: budget())
    } catch {
      return unable(invariant, "\(error.key): \(error.message)")
    }
  }

  /// How long traffic must go on after the last heal for every invariant to have enough to see.
  public static func lookAfterHeal(_ plan: Plan) -> Duration {
    checkers(plan).compactMap(\.lookAfterHeal).max() ?? .zero
  }

  /// What the plan's invariants need somebody to listen for.
  public static func listensFor(_ plan: Plan) -> [Overheard.Word] {
    let words = checkers(plan).flatMap(\.listensFor)
    return words.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The networks on which the plan's invariants need somebody to look whether everything is encrypted.
  public static func listensOn(_ plan: Plan) -> Set<String> {
    Set(checkers(plan).flatMap(\.listensOn))
  }

  /// What the plan's invariants need somebody to try to reach; nothing twice.
  public static func triesToReach(_ plan: Plan) -> [ReachTrial] {
    checkers(plan).flatMap(\.triesToReach).reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
  }

  /// What the plan's invariants need somebody to look for in the servers' logs.
  public static func looksFor(_ plan: Plan) -> Set<String> {
    Set(checkers(plan).flatMap(\.looksFor))
  }

  private static func checkers(_ plan: Plan) -> [any Checker] {
    plan.invariants.compactMap { invariant in
      try? Catalogue.checker(named: invariant.checker)?.init(invariant.settings)
    }
  }

  /// How the plan asks whether the service is well again; as the defaults say where it does not ask.
  public static func settling(_ plan: Plan) -> Settles? {
    let settings = plan.invariants.first { $0.checker == Settles.name }?.settings ?? .none
    return try? Settles(settings)
  }

  /// Under this name stands among the invariants what one run alone cannot show.
  private static let overRuns = "many-runs"

  private static func unanswered(_ plan: Plan) -> Finding? {
    guard let needed = plan.bounds.map(\.leastRuns).max() else { return nil }
    let asked = plan.bounds.map(\.text).joined(separator: "; ")
    return Finding(
      checker: overRuns, verdict: .unknown,
      summary: "\(asked): one run alone cannot show this, at least \(needed) are needed; "
        + "run it with --repeat \(needed)")
  }

  private func unable(_ invariant: Invariant, _ reason: String) -> Finding {
    Finding(checker: invariant.checker, verdict: .unknown, summary: "not judged: \(reason)")
  }
}
