public import Basics

extension RunClock {
  /// How long a sleep may last before the flag is looked at again.
  private static let patience = Duration.milliseconds(50)

  /// Sleeps until a moment; false when the flag was raised before or meanwhile.
  public func sleep(until moment: Instant, unless stop: StopFlag) -> Bool {
    while !stop.isRaised {
      let now = now
      if now >= moment { return true }
      sleep(until: min(moment, now.advanced(by: Self.patience)))
    }
    return false
  }

  /// Waits for a condition, asking again every `interval`; false when the time is up or the flag
  /// was raised.
  public func wait(
    within limit: Duration, every interval: Duration = .milliseconds(20), unless stop: StopFlag,
    until condition: () throws -> Bool
  ) rethrows -> Bool {
    let deadline = now.advanced(by: limit)
    while true {
      if try condition() { return true }
      let next = now.advanced(by: interval)
      guard next < deadline, sleep(until: next, unless: stop) else { return false }
    }
  }
}
