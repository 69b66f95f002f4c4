public import Basics
public import Histories
public import Workloads

/// Writes one client's operations into the run's recorder.
///
/// The invocation is recorded before the request is sent and the completion after the answer is
/// read: an interval may only be wider than the true one.
public struct Notebook: Sendable {
  private let recorder: Recorder
  private let workload: LabelID
  private let budgetBytes: Int

  /// How much of what services answered a run keeps, in bytes: half a gibibyte.
  public static let budgetBytes = 512 << 20
  /// How much of an error's text is kept, in bytes; the history says where it was cut.
  public static let errorBytes = 1_024

  /// - Parameters:
  ///   - workload: The workload's name in the experiment; every event carries it.
  ///   - budgetBytes: How far the values of the run may grow; an answer beyond that is not kept.
  public init(
    _ recorder: Recorder, workload: String, budgetBytes: Int = Notebook.budgetBytes
  ) {
    self.budgetBytes = budgetBytes
    self.recorder = recorder
    self.workload = recorder.label(workload)
  }

  /// Records that an operation begins; to be called before its request is sent.
  ///
  /// - Parameters:
  ///   - scheduled: Its intended start; nil where no schedule has one.
  ///   - node: Who is asked; nil where only the answer can tell.
  ///   - isFinal: Whether it belongs to the final reads.
  public func invoke(
    _ invocation: Invocation, process: Int, scheduled: Instant?, node: String? = nil,
    isFinal: Bool = false
  ) {
    let function = recorder.function(invocation.function.name)
    let node = node.map(recorder.label) ?? .none
    recorder.record { values in
      var event = event(.invoke, function, invocation.argument.value(in: &values), process)
      event.key = invocation.key.value(in: &values)
      event.scheduled = scheduled
      event.isFinal = isFinal
      event.node = node
      return event
    }
  }

  /// Records how an operation ended, `ok`, `fail` or `info`; to be called once its answer is read.
  ///
  /// - Returns: The completion as it was recorded: one that the run has no room for is no success.
  @discardableResult
  public func complete(
    _ invocation: Invocation, _ completion: Completion, process: Int
  ) -> Completion {
    let function = recorder.function(invocation.function.name)
    let node = completion.server.map(recorder.server) ?? .none
    var completion = completion
    recorder.record { values in
      if values.sizeBytes + completion.result.sizeBytes > budgetBytes {
        completion = invocation.withoutRoom(budgetBytes, by: completion.server)
      }
      var event = event(completion.kind, function, completion.result.value(in: &values), process)
      event.key = invocation.key.value(in: &values)
      event.node = node
      if completion.isDeclined {
        event.error = values.symbol(History.declined)
      } else if let error = completion.error {
        event.error = values.text(error.cut(toBytes: Self.errorBytes))
      }
      return event
    }
    return completion
  }

  private func event(
    _ kind: Event.Kind, _ function: FunctionID, _ value: Value, _ process: Int
  ) -> Event {
    var event = Event(
      process: Int32(clamping: process), kind: kind, function: function, value: value, time: .start)
    event.workload = workload
    return event
  }
}

extension Invocation {
  /// What is recorded of an answer for which the run has no room left.
  fileprivate func withoutRoom(_ budgetBytes: Int, by server: String?) -> Completion {
    completion(
      .indefinite(
        "the answer is not kept: the run keeps \(budgetBytes >> 20) MiB of answers, and they are used up"
      ), by: server)
  }
}
