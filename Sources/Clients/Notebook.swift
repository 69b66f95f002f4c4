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
    _ request: Request, process: Int, scheduled: Instant?, node: String? = nil,
    isFinal: Bool = false
  ) {
    let function = recorder.function(request.function)
    let node = node.map(recorder.label) ?? .none
    recorder.record { values in
      var event = event(.invoke, function, request.argument.value(in: &values), process)
      event.scheduled = scheduled
      event.isFinal = isFinal
      event.node = node
      return event
    }
  }

  /// Records how an operation ended, `ok`, `fail` or `info`; to be called once its answer is read.
  ///
  /// - Parameter node: Who answered; nil when nobody did or the server did not say.
  /// - Returns: The answer as it was recorded: one that the run has no room for is no success.
  @discardableResult
  public func complete(
    _ request: Request, _ answer: Answer, node: String?, process: Int
  ) -> Answer {
    let function = recorder.function(request.function)
    let node = node.map(recorder.server) ?? .none
    var answer = answer
    recorder.record { values in
      if values.sizeBytes + answer.result.sizeBytes > budgetBytes {
        answer = request.withoutRoom(budgetBytes)
      }
      var event = event(answer.kind, function, answer.result.value(in: &values), process)
      event.node = node
      if let error = answer.error {
        event.error = values.text(error.cut(toBytes: Self.errorBytes))
      }
      return event
    }
    return answer
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

extension Request {
  /// What is recorded of an answer for which the run has no room left.
  fileprivate func withoutRoom(_ budgetBytes: Int) -> Answer {
    let message =
      "the answer is not kept: the run keeps \(budgetBytes >> 20) MiB of answers, and they are used up"
    return isRead ? .fail(message) : .info(message)
  }
}

extension Payload {
  /// About how much memory it takes among a history's values, in bytes.
  var sizeBytes: Int {
    switch self {
    case .none, .integer: 0
    case .text(let text): text.utf8.count + 8
    case .integers(let integers): 8 * integers.count
    case .texts(let texts): texts.reduce(0) { $0 + $1.utf8.count + 16 }
    }
  }

  /// The payload's place among a history's values.
  func value(in values: inout Values) -> Value {
    switch self {
    case .none: return .none
    case .integer(let integer): return values.integer(integer)
    case .text(let text): return values.text(text)
    case .integers(let integers):
      let elements = integers.map { values.integer($0) }
      return values.list(elements)
    case .texts(let texts):
      let elements = texts.map { values.text($0) }
      return values.list(elements)
    }
  }
}
