import Basics
import Checking
import Histories

/// What may be gone after a fault: acknowledged writes that were no older than an objective when it took effect.
///
/// A copy that is made after the acknowledgement (a backup, an asynchronous replica) cannot promise more. The age of a
/// write is the time from its acknowledgement to the moment the fault was confirmed, or else injected.
struct RecoveryPoint {
  /// The greatest age that may be gone; nil where nothing may.
  let objective: Duration?
  /// When faults took effect, in order.
  private let effects: [Instant]

  static let key = Schema.Key(
    "rpo", .duration,
    "What was acknowledged at most this long before a fault took effect may be gone from every replica; without it, nothing may."
  )

  init(_ objective: Duration?, _ timeline: Timeline) {
    self.objective = objective
    effects = timeline.chosen.map(\.tookEffect).sorted()
  }

  /// How old a write was when the first fault after its acknowledgement took effect; nil where there is none, or where
  /// the history has no times.
  private func age(_ write: Operation) -> Duration? {
    guard let acknowledged = write.completed,
      let effect = effects.first(where: { $0 >= acknowledged })
    else { return nil }
    return acknowledged.duration(to: effect)
  }

  /// Whether a lost write may be gone.
  func excuses(_ write: Operation) -> Bool {
    guard let objective, let age = age(write) else { return false }
    return age <= objective
  }

  /// How old the oldest of lost writes was; nil where none was before a fault.
  func measured(_ writes: [Operation]) -> Duration? { writes.compactMap(age).max() }
}
