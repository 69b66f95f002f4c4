import Basics

/// One run of an experiment, and what was said of it.
struct Trial: Hashable, Sendable {
  var experiment: String
  var settings: [String]
  var seed: Int

  /// The words that run it.
  func arguments(reports: String) -> [String] {
    ["run", experiment, "--seed", "\(seed)", "--quiet", "--json", "--reports", reports]
      + settings.flatMap { ["--set", $0] }
  }

  /// What the run said.
  struct Answer: Sendable {
    /// `valid`, `invalid`, `unknown`, or `error` where it ended without a verdict.
    var verdict: String
    var exitCode: Int32
    /// A sentence for whoever wonders why.
    var summary: String
    var invariants: [Judged] = []
    /// From the start of the run until the method began, in seconds; nil where it never did.
    var methodBegan: Double?
    /// What the harness said besides.
    var notes: [String] = []
    var lasted: Double = 0
  }

  /// One invariant of a run.
  struct Judged: Sendable {
    var name: String
    var checker: String
    var verdict: String
    var summary: String
    var evidence: [Shown]
  }

  /// A piece of evidence: its kind, how many operations show it, and the seconds from the start of the run until
  /// the last of them was over.
  struct Shown: Sendable {
    var kind: String
    var operations: Int
    var known: Double?
  }
}

extension Trial.Answer {
  /// What `faultline run --json` wrote; nil for anything else.
  init?(reading document: JSON, exitCode: Int32) {
    guard let verdict = document["verdict"]?.text else { return nil }
    self.verdict = verdict
    self.exitCode = exitCode
    summary = document["trouble"]?.text ?? document["expectation"]?["summary"]?.text ?? ""
    methodBegan = document["phases"]?["method"]?.number.map { $0 / 1000 }
    notes = document["notes"]?.elements.compactMap(\.text) ?? []
    invariants = (document["invariants"]?.elements ?? []).map { item in
      Trial.Judged(
        name: item["name"]?.text ?? "", checker: item["checker"]?.text ?? "",
        verdict: item["verdict"]?.text ?? "", summary: item["summary"]?.text ?? "",
        evidence: (item["evidence"]?.elements ?? []).map { piece in
          Trial.Shown(
            kind: piece["kind"]?.text ?? "",
            operations: piece["operations"]?.elements.count ?? 0,
            known: piece["until"]?.number.map { $0 / 1000 })
        })
    }
  }

  /// The evidence of an invariant that is violated as it must be; nil where it is not.
  func catches(_ sought: TruthTable.Catch) -> Trial.Shown? {
    guard let judged = invariants.first(where: { $0.name == sought.invariant }),
      judged.verdict == "invalid"
    else { return nil }
    return judged.evidence.first { sought.evidence == nil || $0.kind == sought.evidence }
  }

  /// The invariants that are violated, by name.
  var violated: [String] { invariants.filter { $0.verdict == "invalid" }.map(\.name) }
}
