internal import Basics

/// Writes Jepsen's `history.edn`, one map per line.
struct JepsenEDNWriter {
  private let history: History

  init(_ history: History) { self.history = history }

  func write(to sink: ([UInt8]) throws -> Void) throws {
    try withoutActuallyEscaping(sink) { sink in
      var output = LineOutput(sink: sink)
      var index = 0
      var marks = NemesisEvent.all(history.faults)[...]
      var position: Int64 = 0
      try history.forEachEvent { (event: Event) throws in
        let moment = history.hasTimes ? event.time.nanoseconds : position
        while let mark = marks.first, mark.time.nanoseconds <= moment {
          try write(marks.removeFirst(), &index, &output)
        }
        try write(event, &index, &output)
        position += 1
      }
      for mark in marks { try write(mark, &index, &output) }
      try output.flush()
    }
  }

  private func write(_ event: Event, _ index: inout Int, _ output: inout LineOutput) throws {
    let values = history.values
    output.bytes +=
      "{:index \(index), :type :\(event.kind.word), :process \(event.process), :f ".utf8
    let name = history.functions[Int(event.function.index)]
    symbol(name, &output)
    output.bytes += ", :value ".utf8
    if event.key.isNone {
      EDNText.write(event.value, values, to: &output.bytes)
    } else {
      output.bytes += "[".utf8
      EDNText.write(event.key, values, to: &output.bytes)
      output.bytes += " ".utf8
      EDNText.write(event.value, values, to: &output.bytes)
      output.bytes += "]".utf8
    }
    if history.hasTimes { output.bytes += ", :time \(event.time.nanoseconds)".utf8 }
    if let scheduled = event.scheduled {
      output.bytes += ", :scheduled \(scheduled.nanoseconds)".utf8
    }
    if !event.error.isNone {
      output.bytes += ", :error ".utf8
      EDNText.write(event.error, values, to: &output.bytes)
    }
    label(event.node, ", :node ", &output)
    label(event.workload, ", :workload ", &output)
    output.bytes += (event.isFinal ? ", :final? true}" : "}").utf8
    index += 1
    try output.endLine()
  }

  private func symbol(_ name: String, _ output: inout LineOutput) {
    var values = Values()
    EDNText.write(values.symbol(name), values, to: &output.bytes)
  }

  private func label(_ id: LabelID, _ key: String, _ output: inout LineOutput) {
    guard let name = history.name(id) else { return }
    output.bytes += key.utf8
    EDNText.quoted(name.utf8, to: &output.bytes)
  }

  private func write(
    _ mark: NemesisEvent, _ index: inout Int, _ output: inout LineOutput
  ) throws {
    output.bytes += "{:index \(index), :type :info, :process :nemesis".utf8
    output.bytes += "\(mark.processSuffix), :f ".utf8
    symbol(mark.function, &output)
    output.bytes += ", :value [".utf8
    for (position, target) in mark.targets.enumerated() {
      if position > 0 { output.bytes += " ".utf8 }
      EDNText.quoted(target.utf8, to: &output.bytes)
    }
    output.bytes += "]".utf8
    if history.hasTimes { output.bytes += ", :time \(mark.time.nanoseconds)".utf8 }
    output.bytes += "}".utf8
    index += 1
    try output.endLine()
  }
}

/// One moment of a fault as Jepsen's nemesis would have recorded it.
struct NemesisEvent {
  let time: Instant
  let function: String
  let targets: [String]
  /// Empty for the one nemesis; its number where several acted at once.
  let processSuffix: String

  /// The events of all faults in order of time.
  static func all(_ faults: [FaultMark]) -> [NemesisEvent] {
    let overlap = hasOverlap(faults)
    var events: [(Instant, Int, NemesisEvent)] = []
    for fault in faults {
      let suffix = overlap ? "-\(fault.id)" : ""
      for (time, function) in moments(of: fault) {
        let event = NemesisEvent(
          time: time, function: function, targets: fault.targets.map(\.description),
          processSuffix: suffix)
        events.append((time, events.count, event))
      }
    }
    return events.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  private static func moments(of fault: FaultMark) -> [(Instant, String)] {
    let subject = fault.name.hasPrefix("start-") ? String(fault.name.dropFirst(6)) : fault.name
    let stop = fault.name == "start" ? "stop" : "stop-" + subject
    let moments = [
      (fault.injected, fault.name), (fault.confirmed, fault.name), (fault.healed, stop),
      (fault.healConfirmed, stop),
    ]
    return moments.compactMap { time, function in time.map { ($0, function) } }
  }

  /// True when one nemesis, which does one thing at a time, could not have done it all.
  private static func hasOverlap(_ faults: [FaultMark]) -> Bool {
    var acts: [(from: Instant, to: Instant)] = []
    for fault in faults {
      acts.append((fault.injected, fault.tookEffect))
      if let healed = fault.healed { acts.append((healed, fault.healConfirmed ?? healed)) }
    }
    acts.sort { ($0.from, $0.to) < ($1.from, $1.to) }
    return zip(acts, acts.dropFirst()).contains { $0.to > $1.from }
  }
}
