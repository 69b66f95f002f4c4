internal import Basics

/// Waiting before each step of the schedule until somebody lets it begin. The schedule's time stands still
/// meanwhile: what is active stays so, and everything that was to come is as much later.
extension Nemesis {
  /// Who decides.
  public struct Gate {
    let opens: (Step) -> Bool
    let opened: (Step, Duration) -> Void

    /// - Parameters:
    ///   - opens: whether a step that is due may begin; asked again and again. Of one that waits for a condition,
    ///     whether it may begin to wait.
    ///   - opened: told how long a step was held up.
    public init(
      opens: @escaping (Step) -> Bool, opened: @escaping (Step, Duration) -> Void
    ) {
      self.opens = opens
      self.opened = opened
    }
  }

  /// Whether the step that is due next still has to wait.
  mutating func isHeld() -> Bool {
    guard let gate, let next = agenda.next, origin.advanced(by: next.at) <= pace.now(),
      let step = next.act.begun, admitted != step.id
    else { return false }
    let since = heldSince ?? pace.now()
    guard gate.opens(step) else {
      heldSince = since
      return true
    }
    let length = since.duration(to: pace.now())
    heldSince = nil
    admitted = step.id
    origin = origin.advanced(by: length)
    for index in awaited.indices { awaited[index].deadline += length }
    gate.opened(step, length)
    return false
  }
}

extension Agenda.Act {
  /// The step that begins with it, or begins to wait; nil for the end of one.
  fileprivate var begun: Step? {
    switch self {
    case .inject(let step), .await(let step): step
    case .heal: nil
    }
  }
}

extension Instant {
  fileprivate static func += (instant: inout Instant, length: Duration) {
    instant = instant.advanced(by: length)
  }
}
