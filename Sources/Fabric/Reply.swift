internal import Synchronization

/// The answer that one thread gives and another waits for.
final class Reply<Answer: Sendable>: Sendable {
  private let answer = Mutex<Answer?>(nil)
  private let signal = Signal()

  func give(_ value: Answer) {
    answer.withLock { $0 = value }
    signal.raise()
  }

  func wait() -> Answer {
    signal.wait()
    guard let value = answer.withLock({ $0 }) else { fatalError("woken without an answer") }
    return value
  }
}
