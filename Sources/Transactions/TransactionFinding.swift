import Checking

internal import Basics
internal import Histories

/// Makes a finding of the anomalies of a history and the models that were asked about.
struct TransactionFinding {
  let checker: String
  let question: TransactionQuestion
  let table: TransactionTable
  var log: AnomalyLog
  /// Why a history without a forbidden anomaly is still not valid; empty when it is.
  var doubts: [String] = []
  /// The models that were judged; others are not spoken of as possible.
  var judged = Set(ConsistencyModel.allCases)
  /// The checker's own numbers besides those of every checker of transactions.
  var figures: [JSON.Member] = []

  /// Nothing was judged, for the reason given.
  static func unknown(
    _ checker: String, _ question: TransactionQuestion, _ reason: String, operations: Int = 0
  ) -> Finding {
    Finding(
      checker: checker, verdict: .unknown, summary: reason, model: question.text,
      operations: operations)
  }

  func finding() -> Finding {
    let violated = ConsistencyModel.violated(by: log.counts.keys)
    let broken = question.models.filter(violated.contains)
    let relevant = log.counts.keys.filter { kind in
      broken.contains(where: kind.violates)
    }
    let verdict: Verdict = !broken.isEmpty ? .invalid : doubts.isEmpty ? .valid : .unknown
    let evidence = log.shown.filter { relevant.contains($0.kind) }
      .sorted { ($0.rank, $0.operations.count) < ($1.rank, $1.operations.count) }
      .map { Evidence(kind: $0.kind.name, summary: $0.summary, operations: $0.operations) }
    return Finding(
      checker: checker, verdict: verdict, summary: summary(broken, relevant, violated),
      model: question.text, operations: table.count,
      figures: .object(figures(Set(relevant), violated)), evidence: evidence)
  }

  private func summary(
    _ broken: [ConsistencyModel], _ relevant: [AnomalyKind], _ violated: Set<ConsistencyModel>
  ) -> String {
    let weakest = ConsistencyModel.weakest(of: violated).map(\.rawValue).joined(separator: ", ")
    guard broken.isEmpty else {
      let not = ConsistencyModel.weakest(of: ConsistencyModel.violated(by: relevant))
        .map(\.rawValue).joined(separator: ", ")
      let kinds = relevant.sorted { $0.rank < $1.rank }
        .map { "\(log.counts[$0]!) × \($0.name)" }
      return "not \(broken.map(\.rawValue).joined(separator: ", ")): "
        + kinds.joined(separator: ", ") + "; the weakest model violated is \(not)"
    }
    guard doubts.isEmpty else { return doubts.joined(separator: "; ") }
    return "\(table.okCount) transactions show no anomaly that \(question.text) forbids"
      + (violated.isEmpty ? "" : ", but violate \(weakest)")
  }

  private func figures(
    _ relevant: Set<AnomalyKind>, _ violated: Set<ConsistencyModel>
  ) -> [JSON.Member] {
    let possible = judged.subtracting(violated)
    func counts(_ kinds: some Sequence<AnomalyKind>) -> JSON {
      .object(
        kinds.sorted { $0.rank < $1.rank }.map { JSON.Member($0.name, .integer(log.counts[$0]!)) })
    }
    return [
      JSON.Member("transactions", .integer(table.count)),
      JSON.Member("ok", .integer(table.okCount)),
      JSON.Member("keys", .integer(table.keyCount)),
      JSON.Member("anomalies", counts(relevant)),
      JSON.Member("permitted", counts(log.counts.keys.filter { !relevant.contains($0) })),
      JSON.Member(
        "not",
        .strings(
          ConsistencyModel.weakest(of: ConsistencyModel.violated(by: relevant)).map(\.rawValue))),
      JSON.Member(
        "violated", .strings(ConsistencyModel.weakest(of: violated).map(\.rawValue))),
      JSON.Member(
        "possible",
        .strings(
          doubts.isEmpty ? ConsistencyModel.strongest(of: possible).map(\.rawValue) : [])),
      JSON.Member("undecided", .strings(doubts)),
    ] + figures
  }
}

extension AnomalyKind {
  /// The order of reports: what breaks the weakest model first; among equals by name.
  var rank: String {
    let weakest = forbiddenBy.compactMap(ConsistencyModel.allCases.firstIndex).min() ?? 0
    return (weakest < 10 ? "0" : "") + "\(weakest) \(name)"
  }
}

extension Anomaly {
  var rank: String { kind.rank }
}
