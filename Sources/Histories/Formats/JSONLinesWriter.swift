internal import Basics

/// Writes Faultline's own JSON lines; `JSONLines` reads them back without a loss.
struct JSONLinesWriter {
  private let history: History

  init(_ history: History) { self.history = history }

  func write(to sink: ([UInt8]) throws -> Void) throws {
    try withoutActuallyEscaping(sink) { sink in
      var output = LineOutput(sink: sink)
      output.bytes += "{\"faultline\":\"history\",\"version\":1".utf8
      output.bytes += ",\"times\":\(history.hasTimes),\"order\":\(history.hasRealTimeOrder)}".utf8
      try output.endLine()
      try history.forEachEvent { (event: Event) throws in try write(event, &output) }
      for fault in history.faults { try write(JSONLinesWriter.json(fault), &output) }
      for observation in history.observations {
        try write(JSONLinesWriter.json(observation), &output)
      }
      try output.flush()
    }
  }

  private func write(_ event: Event, _ output: inout LineOutput) throws {
    output.bytes += "{\"type\":\"\(event.kind.word)\",\"process\":\(event.process),\"f\":".utf8
    text(history.functions[Int(event.function.index)], &output)
    member("value", event.value, &output)
    member("key", event.key, &output)
    member("error", event.error, &output)
    label("node", event.node, &output)
    label("workload", event.workload, &output)
    output.bytes += ",\"time\":\(event.time.nanoseconds)".utf8
    if let scheduled = event.scheduled {
      output.bytes += ",\"scheduled\":\(scheduled.nanoseconds)".utf8
    }
    output.bytes += (event.isFinal ? ",\"final\":true}" : "}").utf8
    try output.endLine()
  }

  private func member(_ name: String, _ value: Value, _ output: inout LineOutput) {
    guard !value.isNone else { return }
    output.bytes += ",\"\(name)\":".utf8
    JSONText.write(value, history.values, to: &output.bytes)
  }

  private func label(_ name: String, _ label: LabelID, _ output: inout LineOutput) {
    guard let text = history.name(label) else { return }
    output.bytes += ",\"\(name)\":".utf8
    self.text(text, &output)
  }

  /// A text as the reader takes it back: marked where it would look like something else.
  private func text(_ text: String, _ output: inout LineOutput) {
    var values = Values()
    JSONText.write(values.text(text), values, to: &output.bytes)
  }

  private func write(_ members: [(String, JSON)], _ output: inout LineOutput) throws {
    let object = JSON.object(
      members.filter { $0.1 != .null }.map { JSON.Member($0.0, JSONLinesWriter.marked($0.1)) })
    output.bytes += object.text().utf8
    try output.endLine()
  }

  private static func marked(_ json: JSON) -> JSON {
    switch json {
    case .string(let text): .string(text.hasPrefix(":") || text.hasPrefix("~") ? "~" + text : text)
    case .array(let elements): .array(elements.map(marked))
    default: json
    }
  }

  private static func json(_ fault: FaultMark) -> [(String, JSON)] {
    let time = { (instant: Instant?) in JSON.optional(instant) { .integer($0.nanoseconds) } }
    return [
      ("fault", .integer(fault.id)), ("name", .string(fault.name)),
      ("summary", .string(fault.summary)), ("targets", .strings(fault.targets.map(\.description))),
      ("injected", time(fault.injected)), ("confirmed", time(fault.confirmed)),
      ("confirmation", .string(fault.confirmation)), ("healed", time(fault.healed)),
      ("heal-confirmed", time(fault.healConfirmed)), ("action", .bool(fault.isAction)),
    ] + (fault.isContradicted ? [("contradicted", .bool(true))] : [])
      + (fault.measures.isEmpty
        ? [] : [("measures", .array(fault.measures.map { .strings($0.texts) }))])
      + (fault.reach.map { [("reach", .strings($0.texts))] } ?? [])
  }

  private static func json(_ observation: Observation) -> [(String, JSON)] {
    let columns = FactColumns(observation.fact)
    return [
      ("observation", .string(columns.kind)), ("subject", .string(columns.subject)),
      ("node", .string(columns.node)), ("value", .string(columns.value)),
      ("source", .string(columns.source)), ("time", .integer(observation.time.nanoseconds)),
    ]
  }
}
