public import Basics

/// One line of a history: an operation began, or ended, at a moment.
public struct Event: Hashable, Sendable {
  /// What the line says of its operation; Jepsen's `:type`.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// The operation was sent.
    case invoke
    /// It took effect.
    case ok
    /// It certainly did not take effect.
    case fail
    /// Nobody knows: it may take effect at any later time, or never.
    case info
  }

  /// The client process; a process has at most one operation in flight.
  public var process: Int32
  /// Whether the operation began, or how it ended.
  public var kind: Kind
  /// What the operation does; a history takes it from the invocation.
  public var function: FunctionID
  /// What the operation is invoked with, or what it completes with.
  public var value: Value
  /// Nanoseconds since the run began, on the monotonic clock.
  public var time: Instant
  /// The key of a history of independent keys; none otherwise.
  public var key: Value = .none
  /// Why an operation failed or its outcome is unknown: a text or symbol; none when unsaid. The symbol
  /// `History.declined` says that the service answered well, and the answer was no.
  public var error: Value = .none
  /// The server that answered, or was asked.
  public var node: LabelID = .none
  /// Which of a run's workloads the operation belongs to.
  public var workload: LabelID = .none
  /// When an open-loop schedule meant the operation to start; its own time when unsaid.
  public var scheduled: Instant?
  /// Part of the final reads, made after every fault was healed.
  public var isFinal = false

  /// - Parameter time: may be left out where a `Recorder` stamps the event.
  public init(
    process: Int32, kind: Kind, function: FunctionID, value: Value, time: Instant = .start
  ) {
    self.process = process
    self.kind = kind
    self.function = function
    self.value = value
    self.time = time
  }
}

/// What an operation does (`read`, `write`, `add`, …): an index into `History.functions`.
public struct FunctionID: Hashable, Sendable {
  /// The function's place in `History.functions`, from 0.
  public let index: UInt16

  /// The function at that place of `History.functions`; whether there is one is not checked.
  public init(index: UInt16) { self.index = index }
}

/// The name of a node or a workload: an index into `History.labels`.
public struct LabelID: Hashable, Sendable {
  /// The label's place in `History.labels`, from 0; `.max` for `none`.
  public let index: UInt16

  /// No node or workload: a history has fewer labels than this index.
  public static let none = LabelID(index: .max)

  /// The label at that place of `History.labels`; whether there is one is not checked.
  public init(index: UInt16) { self.index = index }
}
