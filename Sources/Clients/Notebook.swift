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

  /// - Parameter workload: The workload's name in the experiment; every event carries it.
  public init(_ recorder: Recorder, workload: String) {
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
  public func complete(_ request: Request, _ answer: Answer, node: String?, process: Int) {
    let function = recorder.function(request.function)
    let node = node.map(recorder.label) ?? .none
    recorder.record { values in
      var event = event(answer.kind, function, answer.result.value(in: &values), process)
      event.node = node
      if let error = answer.error { event.error = values.text(error) }
      return event
    }
  }

  private func event(
    _ kind: Event.Kind, _ function: FunctionID, _ value: Value, _ process: Int
  ) -> Event {
    var event = Event(
      process: Int32(process), kind: kind, function: function, value: value, time: .start)
    event.workload = workload
    return event
  }
}

extension Payload {
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
