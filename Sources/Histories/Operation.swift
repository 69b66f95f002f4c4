public import Basics

/// An invocation with its completion: what every checker judges.
public struct Operation: Hashable, Sendable {
  /// What is known of an operation's effect.
  public enum Outcome: UInt8, Sendable {
    /// It took effect between invocation and completion.
    case ok
    /// It certainly did not take effect.
    case fail
    /// Unknown: it may have taken effect at any time after its invocation, or never.
    case info
  }

  /// The client process that invoked it.
  public var process: Int32
  /// What it does, by its invocation.
  public var function: FunctionID
  /// How it ended; `info` too for one that never completed.
  public var outcome: Outcome
  /// Part of the final reads, made after every fault was healed.
  public var isFinal: Bool
  /// The server that answered, or was asked.
  public var node: LabelID
  /// Which of the run's workloads it belongs to; `.none` when unsaid.
  public var workload: LabelID
  /// The key of a history of independent keys; none otherwise.
  public var key: Value
  /// What it was invoked with.
  public var argument: Value
  /// What it completed with; none when it never completed.
  public var result: Value
  /// Why it failed or is unknown; none when unsaid.
  public var error: Value
  /// When an open-loop schedule meant it to start; the invocation's time when unsaid.
  public var scheduled: Instant
  /// When the invocation was recorded; its position among all events where the history has no
  /// times.
  public var invoked: Instant
  /// When the completion was recorded, `info` too; nil when the run ended first.
  public var completed: Instant?
  /// The position of the invocation among all events: real-time order, even where times tie.
  public var invocationIndex: Int32
  /// The position of the completion among all events; `.max` when there is none.
  public var completionIndex: Int32

  /// Where the operation's effect must have happened by: the completion of an `ok`, else never.
  public var deadlineIndex: Int32 { outcome == .ok ? completionIndex : .max }

  /// From the intended start to the completion; nil when there was none.
  public var latency: Duration? { completed.map { scheduled.duration(to: $0) } }
}
