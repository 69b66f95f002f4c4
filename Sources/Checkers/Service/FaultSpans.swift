import Checking
import Basics
import Histories

/// Which fault was about when something was seen, in words.
struct FaultSpans {
  private let marks: [FaultMark]

  init(_ history: History) { marks = history.faults }

  /// ` at 5400 ms and for 2600 ms`, and which fault was about then: of so many things that were seen from `first` to
  /// `last`.
  func words(from first: Instant, to last: Instant, times: Int) -> String {
    " at \(Wording.milliseconds(Instant.start.duration(to: first)))"
      + (times > 1 ? " and for \(Wording.milliseconds(first.duration(to: last)))" : "")
      + words(at: first)
  }

  /// `, while kill of step 2 lasted`, or `, 200 ms after its heal`; empty where no fault had begun.
  private func words(at moment: Instant) -> String {
    let begun = marks.filter { $0.injected <= moment && !$0.isAction }
    if let lasting = begun.last(where: { $0.healed.map { moment <= $0 } ?? true }) {
      return ", while \(lasting.name) (step \(lasting.id)) lasted"
    }
    let over = begun.compactMap { mark in mark.healed.map { (mark, $0) } }
    guard let (mark, healed) = over.max(by: { $0.1 < $1.1 }) else { return "" }
    return
      ", \(Wording.milliseconds(healed.duration(to: moment))) after \(mark.name) (step \(mark.id)) was healed"
  }
}
