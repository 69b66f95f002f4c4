public import Basics

/// How a process ended, and when.
public struct Exit: Hashable, Sendable {
  /// What the kernel says of an end (wait(2)): the code the process exited with, or the number of
  /// the signal that killed it.
  public enum Cause: Hashable, Sendable {
    case code(Int32)
    case signal(Int32)
  }

  /// Whether it exited or was killed.
  public let cause: Cause
  /// Nanoseconds on `MonotonicClock`, read when the kernel reported the end.
  public let at: Int64

  /// The code as a shell shows it: 128 + n for signal n.
  public var code: Int32 {
    switch cause {
    case .code(let code): code
    case .signal(let signal): 128 + signal
    }
  }
}

extension Exit: CustomStringConvertible {
  public var description: String {
    switch cause {
    case .code(let code): "exited with code \(code)"
    case .signal(let signal): "killed by signal \(signal)"
    }
  }
}

/// What is known about a started component.
public enum ComponentState: Hashable, Sendable {
  case running(pid: Int32)
  /// Frozen by us, with its whole component or node.
  case paused(pid: Int32)
  /// Ended because we asked for it: a stop, a kill, a restart.
  case stopped(Exit)
  /// Ended by itself: an event that nobody ordered.
  case died(Exit)
}

/// The main process of a component ended.
public struct ComponentExit: Hashable, Sendable {
  /// The component, and the node it ran on.
  public let instance: InstanceID
  /// The process's number as the runner sees it, not as the node does.
  public let pid: Int32
  /// How the process ended, and when.
  public let exit: Exit
  /// False when nothing we did asked for it.
  public let wasOrdered: Bool
}

/// That an act on processes took effect: what was seen, and when.
public struct Proof: Hashable, Sendable {
  /// What was seen, such as `cgroup.events: populated 0`.
  public let evidence: String
  /// When it was seen: nanoseconds on `MonotonicClock`.
  public let at: Int64

  /// A proof of something seen at that moment of `MonotonicClock`.
  public init(evidence: String, at: Int64) {
    self.evidence = evidence
    self.at = at
  }
}
