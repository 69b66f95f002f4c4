import Faults
import Synchronization

/// Where each step of a method waits until somebody lets it begin. May be used from any thread.
final class StepGate: Sendable {
  private struct State {
    var held: Step?
    /// Of the step that was let begin last.
    var opened: Int?
  }

  private let state = Mutex(State())

  /// For the nemesis: whether a step that is due may begin.
  func isOpen(for step: Step) -> Bool {
    state.withLock { state in
      let isOpen = state.opened == step.id
      state.held = isOpen ? nil : step
      return isOpen
    }
  }

  /// Lets the step begin that waits; nil where none does.
  func open() -> String? {
    state.withLock { state in
      guard let held = state.held else { return nil }
      state.opened = held.id
      state.held = nil
      return held.text
    }
  }
}
