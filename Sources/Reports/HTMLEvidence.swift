import Basics
import Checking
import Histories

extension RunRecord {
  /// How many pieces of evidence a section shows, and how many operations each.
  private static let evidenceLimit = 20
  private static let operationLimit = 12

  /// Each violation with the operations that show it.
  var violationsSection: String {
    let violated = judgements.filter { !$0.finding.evidence.isEmpty }
    guard !violated.isEmpty else { return "" }
    return "<h2>Evidence</h2>" + violated.map(violation).joined(separator: "\n")
  }

  private func violation(_ judgement: Judgement) -> String {
    let evidence = judgement.finding.evidence
    let shown = evidence.prefix(Self.evidenceLimit).map { "<li>\(piece($0, of: judgement))</li>" }
    let more = evidence.count - shown.count
    let rest = more > 0 ? "<p class=\"soft\">and \(more) more in result.json</p>" : ""
    return """
      <h3 class="\(judgement.finding.verdict.rawValue)-text">\(escaped(judgement.name))</h3>
      <ul class="evidence">\(shown.joined())</ul>\(rest)
      """
  }

  /// One line, that opens to the operations behind it.
  private func piece(_ item: Evidence, of judgement: Judgement) -> String {
    let kind = item.summary.contains(item.kind) ? "" : "\(item.kind): "
    let sentence = escaped(kind + item.summary)
    let count = item.operations.count
    guard count > 0 else { return sentence }
    return """
      <details><summary>\(sentence) <span class="soft">\(count) \
      operation\(count == 1 ? "" : "s")</span></summary>\(operationTable(item.operations, of: judgement))\
      </details>
      """
  }

  private func operationTable(_ positions: [Int], of judgement: Judgement) -> String {
    let judged = judgement.workload.map { history.of(workload: $0) } ?? history
    let rows = positions.prefix(Self.operationLimit).compactMap { position in
      judged.operations.indices.contains(position)
        ? operationRow(judged.operations[position], judged) : nil
    }
    return """
      <div class="scroll"><table><thead><tr><th>process</th><th>operation</th><th>outcome</th>\
      <th>served by</th><th class="number">invoked</th><th class="number">completed</th></tr></thead>\
      <tbody>\(rows.joined())</tbody></table></div>
      """
  }

  private func operationRow(_ operation: Histories.Operation, _ history: History) -> String {
    let argument = operation.argument.isNone ? "" : " " + brief(operation.argument, history)
    let result =
      operation.result.isNone || operation.result == operation.argument
      ? "" : " → " + brief(operation.result, history)
    let error = history.values.text(operation.error).map { ": \($0)" } ?? ""
    func moment(_ instant: Instant?) -> String {
      instant.map { Decimal.trimmed(Instant.start.duration(to: $0).seconds, decimals: 3) + " s" }
        ?? "–"
    }
    return """
      <tr><td>\(operation.process)</td>\
      <td><code>\(escaped(history.name(operation.function) + argument + result))</code></td>\
      <td>\(escaped("\(operation.outcome)" + error))</td>\
      <td>\(escaped(history.name(operation.node) ?? ""))</td>\
      <td class="number">\(moment(operation.invoked))</td>\
      <td class="number">\(moment(operation.completed))</td></tr>
      """
  }

  /// A value as text, long lists cut.
  private func brief(_ value: Value, _ history: History) -> String {
    if let elements = history.values.elements(value), elements.count > 8 {
      let ends = elements.suffix(4).map { history.values.describe($0) }.joined(separator: " ")
      return "[\(elements.count) elements … \(ends)]"
    }
    // Masked first, for of a secret that is cut the rest would show.
    return String(secrets.mask(history.values.describe(value)).beginning(ofBytes: 120))
  }
}
