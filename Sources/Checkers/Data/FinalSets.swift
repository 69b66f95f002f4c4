import Basics
import Checking
import Histories

/// What the final reads of a set's replicas show, held against what was added.
struct FinalSets {
  let replicas: [Visible]
  let report: SetReport
  private let rule: Replicas
  /// By replica: what was acknowledged before its read began and is not in it.
  private let missing: [[Int]]
  /// Where no replica has it: with every replica, what one of the reads should show; with any, only
  /// what all of them should.
  let lost: [Int]
  /// Whether a replica that was asked gave no final read that shows a set.
  private let isIncomplete: Bool

  init(
    _ reads: FinalStates, _ rule: Replicas, _ additions: inout Additions, _ group: KeyGroup,
    _ history: History
  ) {
    let replicas = reads.last.map { Visible($0, &additions, history) }
    self.replicas = replicas
    report = SetReport(history: history, additions: additions, group: group)
    self.rule = rule
    let known = additions
    let missing = replicas.map { $0.missing(known, history) }
    self.missing = missing
    let candidates =
      switch rule {
      case .every: Set(missing.joined())
      case .any: missing.dropFirst().reduce(Set(missing.first ?? [])) { $0.intersection($1) }
      }
    lost = candidates.filter { element in replicas.allSatisfy { !$0.has(element) } }.sorted()
    isIncomplete = !reads.isComplete
  }

  private func name(_ replica: Int) -> String {
    report.history.node(report.history.operations[replicas[replica].read]) ?? "unnamed"
  }

  var names: [String] { replicas.indices.map(name) }

  /// By the names of the replicas: how many acknowledged values each lacks.
  var missingCounts: [(name: String, count: Int)] {
    replicas.indices.map { (name($0), missing[$0].count) }
  }

  /// How many values were acknowledged before every final read began: of those the reads speak.
  var judgedCount: Int {
    let first = replicas.map { report.history.operations[$0.read].invocationIndex }.min() ?? 0
    return report.additions.acknowledged.reduce(0) { $0 + ($1 < first ? 1 : 0) }
  }

  /// Values that are gone, but those that may be, and values that a replica lacks.
  func judge(
    _ judgement: inout Judgement, one: String, many: String,
    mayBeGone: (Int) -> Bool = { _ in false }
  ) {
    let lost = lost.filter { !mayBeGone($0) }
    if rule == .any, isIncomplete, !lost.isEmpty {
      judgement.doubt(
        "A replica without a final read may have what the others lack: "
          + Wording.list(report.values(lost), report.history))
    } else {
      report.violate("lost", lost, &judgement, one: one + " gone", many: many + " gone") { _ in
        replicas.map(\.read)
      }
    }
    if rule == .every { judgeStale(&judgement, one: one, many: many) }
    if let divergence { judgement.note(divergence) }
  }

  /// Missing from one replica and there at another.
  func judgeStale(_ judgement: inout Judgement, one: String, many: String) {
    for (position, replica) in replicas.enumerated() {
      let stale = missing[position].filter { element in replicas.contains { $0.has(element) } }
      report.violate(
        "stale replica", stale, &judgement, one: "\(one) missing at \(name(position))",
        many: "\(many) missing at \(name(position))"
      ) { element in
        [replica.read] + (replicas.first { $0.has(element) }.map { [$0.read] } ?? [])
      }
    }
  }

  /// In words, that the final reads are not of one set; nil when they are.
  var divergence: String? {
    let lacking = replicas.indices.compactMap { replica -> String? in
      let count = report.additions.elements.values.indices.count { element in
        !replicas[replica].has(element) && replicas.contains { $0.has(element) }
      }
      return count == 0
        ? nil : "\(name(replica)) lacks \(Wording.count(count, "value")) that another has"
    }
    guard !lacking.isEmpty else { return nil }
    return "the final reads\(report.group.suffix(report.history)) differ: "
      + lacking.joined(separator: ", ")
  }

  /// Elements of one kind at any replica.
  func all(_ kind: KeyPath<Visible, [Int]>) -> [Int] {
    Array(Set(replicas.flatMap { $0[keyPath: kind] })).sorted()
  }

  /// The first read that has an element.
  func shown(_ element: Int) -> [Int] {
    replicas.first { $0.has(element) }.map { [$0.read] } ?? []
  }
}
