import Basics

/// An open-loop schedule: request n is meant to start at a moment that no answer can delay.
///
/// Latencies count from these moments, so a stalled server cannot hide its own outage by keeping
/// its clients waiting (Gil Tene's "coordinated omission").
public struct Schedule: Hashable, Sendable {
  /// Requests a second, over all processes.
  public let rate: Double
  /// How many processes share the schedule in turn.
  public let processes: Int

  /// The caller promises a positive rate and at least one process.
  public init(rate: Double, processes: Int) {
    precondition(rate > 0 && processes > 0)
    self.rate = rate
    self.processes = processes
  }

  /// The number of a process's turn: the requests of all processes interleave evenly.
  public func sequence(of process: Int, turn: Int) -> Int { turn * processes + process }

  /// When a request is meant to start, from the schedule's beginning.
  public func offset(of sequence: Int) -> Duration {
    .nanoseconds(Int64(saturating: Double(sequence) / rate * 1e9))
  }
}
