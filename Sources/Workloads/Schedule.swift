/// An open-loop schedule: operation n is meant to start at a moment that no answer can delay.
///
/// Latencies count from these moments, so a stalled server cannot hide its own outage by keeping
/// its clients waiting (Gil Tene's "coordinated omission").
public struct Schedule: Hashable, Sendable {
  /// Operations a second, over all processes.
  public let load: Load
  /// How many processes share the schedule in turn.
  public let processes: Int

  /// The caller promises at least one process.
  public init(_ load: Load, processes: Int) {
    precondition(processes > 0)
    self.load = load
    self.processes = processes
  }

  /// The number of a process's turn: the operations of all processes interleave evenly.
  public func sequence(of process: Int, turn: Int) -> Int { turn * processes + process }

  /// When an operation is meant to start, from the schedule's beginning.
  public func offset(of sequence: Int) -> Duration { load.offset(of: sequence) }
}
