internal import Basics
import Checking
import Experiments
import Faults
import Histories

/// Whether the method did what the plan says: every step fired, was confirmed, and was seen to be
/// healed, all at the moments the plan gives, and traffic was there to feel it; and whether the harness itself did its
/// part. Where it did not, no invariant that holds says anything, and the run is `unknown` at best; a violation stays one.
struct Soundness {
  /// Under this name a doubt stands among the invariants.
  static let name = "method"

  let plan: Plan
  let history: History

  /// Nil when nothing is in doubt.
  var judgement: Finding? {
    let doubts = doubts
    guard let first = doubts.first else { return nil }
    let more = doubts.count > 1 ? " (and \(doubts.count - 1) more)" : ""
    return Finding(
      checker: Self.name, verdict: .unknown, summary: first + more,
      operations: history.operations.count,
      evidence: doubts.map { Evidence(kind: "doubt", summary: $0) })
  }

  /// One sentence each, in the order of the plan.
  var doubts: [String] {
    (history.abortion.map { ["the method ended before its time, as 'abort-when' says: \($0)"] }
      ?? stepDoubts) + history.shortfalls
  }

  private var stepDoubts: [String] {
    guard !plan.isByHand else { return history.faults.compactMap(handDoubt) }
    let marks = Dictionary(history.faults.map { ($0.id, $0) }) { _, last in last }
    return plan.schedule.compactMap { step in
      guard let mark = marks[step.id] else { return "'\(step.text)' was never done" }
      return doubt(step, mark)
    }
  }

  private func doubt(_ step: Step, _ mark: FaultMark) -> String? {
    if mark.confirmed == nil {
      let reason = mark.confirmation.isEmpty ? "" : ": \(mark.confirmation)"
      let what = mark.outcome == .contradicted ? "contradicted" : "not confirmed"
      return "'\(mark.summary)' was \(what)\(reason)"
    }
    if let late = lateness(step, mark) { return late }
    if step.isAction { return nil }
    if step.healing != .never && mark.healConfirmed == nil {
      return "'\(mark.summary)' was not seen to be healed"
    }
    return wasFelt(mark) ? nil : "no operation was made while '\(mark.summary)' was active"
  }

  /// Of what was asked for by hand: what was refused was told at once, and is no fault.
  private func handDoubt(_ mark: FaultMark) -> String? {
    if mark.confirmed == nil {
      let what = mark.outcome == .contradicted ? "contradicted" : "not confirmed"
      return "'\(mark.summary)' was \(what): \(mark.confirmation)"
    }
    guard !mark.isAction, mark.healed != nil, mark.healConfirmed == nil else { return nil }
    return "'\(mark.summary)' was not seen to be healed"
  }

  /// What is done much later than planned, or held for much longer, was another experiment: the
  /// harness was stalled, or an act before it took its time. That somebody stepped through it is meant.
  private func lateness(_ step: Step, _ mark: FaultMark) -> String? {
    if !step.isDynamic, let origin = history.began(.method) {
      var late = origin.advanced(by: step.at).duration(to: mark.injected)
      // All facts are looked through for it, so only where it could matter.
      if late > Self.tolerance { late -= history.heldUp(from: origin, to: mark.injected) }
      if late > Self.tolerance {
        return "'\(mark.summary)' was injected \(Self.milliseconds(late)) late"
      }
    }
    guard let end = step.healing.time, end > step.at, let healed = mark.healed else { return nil }
    let meant = end - step.at
    let held =
      mark.injected.duration(to: healed) - history.heldUp(from: mark.injected, to: healed)
    guard held - meant > max(Self.tolerance, meant / 4) else { return nil }
    return "'\(mark.summary)' was held for \(Self.milliseconds(held)), \(meant.text) was meant"
  }

  /// How late a step may be injected; a hold may be as much longer, or a quarter.
  static let tolerance = Duration.seconds(1)

  private static func milliseconds(_ duration: Duration) -> String {
    Decimal.trimmed(duration.milliseconds, decimals: 0) + " ms"
  }

  /// Some operation was under way at some moment between injection and healing.
  private func wasFelt(_ mark: FaultMark) -> Bool {
    let end = mark.over
    return history.operations.contains { operation in
      let hasBegun = end.map { operation.invoked <= $0 } ?? true
      return hasBegun && operation.completed.map { $0 >= mark.injected } ?? true
    }
  }
}
