import ServiceGround

/// What clients wait for: each waits for one answer, which comes from another thread.
final class Awaited<Answer: Sendable>: Sendable {
  private let mailbox = Mailbox<Answer>()

  func answer(_ answer: Answer) { mailbox.post(answer) }

  /// Nil where no answer came in time.
  func wait(until deadline: Deadline) -> Answer? {
    while true {
      guard let answers = mailbox.takeAll(until: deadline) else { return nil }
      if let first = answers.first { return first }
      if deadline.hasPassed { return nil }
    }
  }
}
