import Checking
import Basics
import Histories

/// Turns what a checker of sets found into sentences, evidence and figures.
struct SetReport {
  let history: History
  let additions: Additions
  let group: KeyGroup
  /// What an element is called in sentences.
  var noun = "value"

  /// Violations of one kind, one sentence for all of them and evidence for each.
  ///
  /// - Parameter shown: the operations that show one of the elements, apart from its addition.
  func violate(
    _ kind: String, _ elements: [Int], _ judgement: inout Judgement, one: String, many: String,
    shown: (Int) -> [Int]
  ) {
    guard let first = elements.first else { return }
    let values = values(elements)
    let list = Wording.list(values, history)
    let sentence =
      (elements.count == 1 ? "1 \(one)" : "\(elements.count) \(many)")
      + group.suffix(history) + ": \(list)"
    judgement.violated(kind, sentence, operations(first, shown(first)))
    for element in elements.dropFirst() {
      guard judgement.evidence.count < Judgement.mostEvidence else { break }
      judgement.show(
        kind, "\(kind): \(history.values.describe(additions.elements.values[element]))",
        operations(element, shown(element)))
    }
  }

  private func operations(_ element: Int, _ others: [Int]) -> [Int] {
    let own = additions.position[element] < 0 ? [] : [Int(additions.position[element])]
    return Array(Set(own + others)).sorted()
  }

  /// The elements' values, integers in order.
  func values(_ elements: [Int]) -> [Value] {
    let values = elements.map { additions.elements.values[$0] }
    return values.sorted { a, b in
      guard let left = history.values.integer(a), let right = history.values.integer(b) else {
        return history.values.describe(a) < history.values.describe(b)
      }
      return left < right
    }
  }

  /// What the reads show that must not be there.
  func judgeContents(_ finals: FinalSets, _ judgement: inout Judgement) {
    violate(
      "foreign", finals.all(\.foreign), &judgement, one: "\(noun) that nobody added is there",
      many: "\(noun)s that nobody added are there", shown: finals.shown)
    violate(
      "failed but visible", finals.all(\.failed), &judgement,
      one: "\(noun) whose addition failed is there all the same",
      many: "\(noun)s whose additions failed are there all the same", shown: finals.shown)
    violate(
      "early", finals.all(\.early), &judgement, one: "\(noun) was read before it was added",
      many: "\(noun)s were read before they were added", shown: finals.shown)
  }
}
