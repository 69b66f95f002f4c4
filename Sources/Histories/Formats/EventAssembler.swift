internal import Basics

/// Applies the rules of a history to the events of a file, one after another.
struct EventAssembler: Sendable {
  var builder = HistoryBuilder()
  let options: ReadingOptions
  /// JSON has no symbols; the functions inside a transaction are made symbols when this is set.
  var symbolisesTransactions = false
  /// Whether values may be pairs of a key and a value that nothing marks as such.
  var concludesKeys = true
  /// Whether functions may have the names of `SetWords`.
  var knowsSetWords = true
  private var shape = EventShape()
  private var setWords: Set<Value> = []
  private var nemeses = NemesisPairing()
  private var functions: [Value: FunctionID] = [:]
  private var labels: [Value: LabelID] = [:]
  private var hasUnsaidProcess = false
  private var hasClient = false
  private var withTime = 0
  private var withoutTime = 0
  private var nemesisEvents: [NemesisEvent] = []

  private struct NemesisEvent {
    let process: Value
    let function: String
    let value: Value
    let error: Value
    let time: Int64?
    /// How many client events came before.
    let position: Int
  }

  init(_ options: ReadingOptions) { self.options = options }

  /// Takes the next event.
  ///
  /// - Parameter start: where it stands among the bytes at hand, for the error.
  mutating func take(_ raw: RawEvent, at start: Int) throws(ParseStop) {
    guard let kind = raw.kind else { throw .wrong(at: start, "an event without a type") }
    let process: Int32
    switch raw.process {
    case .client(let number):
      process = number
      hasClient = true
    case .unsaid:
      process = 0
      hasUnsaidProcess = true
    case .other(let nemesis): return try takeNemesis(raw, nemesis, at: start)
    }
    if hasClient, hasUnsaidProcess {
      throw .wrong(at: start, "some events name their process and some do not")
    }
    let isInstantaneous = try shape.isInstantaneous(kind, at: start)
    let function = try function(of: raw, kind, process, at: start)
    var event = Event(
      process: process, kind: kind, function: function, value: raw.value,
      time: Instant(nanoseconds: raw.time ?? 0))
    if setWords.contains(raw.function), event.value.kind == .map { unite(&event) }
    if kind != .invoke { checkTimeout(&event) }
    event.key = raw.key
    let error = error(of: raw)
    if !error.isNone { event.error = error }
    event.node = try label(raw.node, at: start)
    event.workload = try label(raw.workload, at: start)
    event.scheduled = raw.scheduled.map { Instant(nanoseconds: $0) }
    event.isFinal = raw.isFinal
    if isInstantaneous { try append(event.invocation, at: start) }
    try append(event, at: start)
    if raw.time == nil { withoutTime += 1 } else { withTime += 1 }
  }

  /// Hands a finished event to the builder and names the process when it breaks a rule.
  mutating func append(_ event: Event, at start: Int) throws(ParseStop) {
    do throws(HistoryError) {
      try builder.append(event)
    } catch {
      throw .wrong(at: start, error.sentence)
    }
  }

  /// `:timed-out` in the place of the value tells why, not what.
  private func checkTimeout(_ event: inout Event) {
    guard event.kind != .ok, event.value.kind == .symbol,
      builder.values.isWord(event.value, "timed-out")
    else { return }
    event.error = event.value
    event.value = .none
  }

  /// Of what every node holds, the union; where none answered, nothing was read.
  private mutating func unite(_ event: inout Event) {
    if let union = SetWords.union(event.value, &builder.values) {
      event.value = union
    } else if event.kind == .ok {
      (event.kind, event.value) = (.fail, .none)
      event.error = builder.values.symbol("unreachable")
    }
  }

  private mutating func error(of raw: RawEvent) -> Value {
    raw.error.isNone && raw.hasException ? builder.values.symbol("exception") : raw.error
  }

  private mutating func takeNemesis(
    _ raw: RawEvent, _ nemesis: Value, at start: Int
  ) throws(ParseStop) {
    guard let function = builder.values.text(raw.function) else {
      throw .wrong(at: start, "an event without a function")
    }
    if raw.time == nil { withoutTime += 1 } else { withTime += 1 }
    nemesisEvents.append(
      NemesisEvent(
        process: nemesis, function: function, value: raw.value, error: error(of: raw),
        time: raw.time,
        position: builder.events))
  }

  private mutating func function(
    of raw: RawEvent, _ kind: Event.Kind, _ process: Int32, at start: Int
  ) throws(ParseStop) -> FunctionID {
    var name = raw.function
    let invoked = kind == .invoke ? nil : builder.functionInFlight(on: process)
    if name.isNone {
      if let invoked { return invoked }
      guard isTransaction(raw.value) else {
        throw .wrong(at: start, "an event without a function")
      }
      name = builder.values.symbol("txn")
    }
    let function = try functionID(name, at: start)
    if symbolisesTransactions, builder.values.isWord(name, "txn") {
      builder.values.symboliseFunctions(of: raw.value)
    }
    if let invoked, invoked != function {
      throw .wrong(
        at: start,
        "process \(process) completes a \(builder.values.text(name) ?? "?") "
          + "but another function is in flight")
    }
    return function
  }

  /// True for a list of lists that begin with a word, as transactions are written.
  private func isTransaction(_ value: Value) -> Bool {
    guard let micro = builder.values.elements(value), !micro.isEmpty else { return false }
    return micro.allSatisfy {
      builder.values.elements($0)?.first.map { $0.kind == .symbol || $0.kind == .text } ?? false
    }
  }

  mutating func functionID(_ name: Value, at start: Int) throws(ParseStop) -> FunctionID {
    let word = builder.values.symbol(of: name)
    if let id = functions[word] { return id }
    guard builder.functionCount < Int(UInt16.max) else {
      throw .wrong(at: start, "more than 65,535 different functions: this is no history")
    }
    let written = builder.values.text(name) ?? ""
    let usual = knowsSetWords ? SetWords.usual(written) : nil
    if let usual {
      setWords.formUnion([word, name])
      builder.notes.append("\(written) is read as \(usual)")
    }
    let id = builder.function(usual ?? written)
    functions[word] = id
    return id
  }

  private mutating func label(_ name: Value, at start: Int) throws(ParseStop) -> LabelID {
    if name.isNone { return .none }
    if let id = labels[name] { return id }
    guard builder.labelCount < Int(UInt16.max) - 1 else {
      throw .wrong(at: start, "more than 65,534 different nodes and workloads")
    }
    let id = builder.label(builder.values.text(name) ?? builder.values.describe(name))
    labels[name] = id
    return id
  }
}

extension EventAssembler {
  /// The history, once every event was taken.
  consuming func finish() -> History {
    let hasTimes = withoutTime == 0 && withTime > 0
    if !hasTimes, builder.hasTimes { countInsteadOfTimes() }
    for event in nemesisEvents {
      let time = hasTimes ? event.time : Int64(event.position)
      let position = Instant(nanoseconds: time ?? 0)
      nemeses.take(
        event.process, event.function, event.value, event.error, at: position, builder.values)
    }
    builder.faults += nemeses.finish()
    let areKeyed =
      options.independent ?? (concludesKeys && IndependentKeys.areUsed(in: builder))
    if areKeyed { IndependentKeys.takeApart(&builder) }
    noteWhatWasConcluded(areKeyed)
    return builder.finish()
  }

  private mutating func noteWhatWasConcluded(_ areKeyed: Bool) {
    if let note = shape.note { builder.notes.append(note) }
    if hasUnsaidProcess, builder.events > 0 {
      builder.notes.append("no event names its process: all are taken for one process's")
    }
    if areKeyed, options.independent == nil {
      builder.notes.append("every value is a pair [key value]: each key is judged by itself")
    }
  }

  /// Without a clock in every event, positions stand for times.
  private mutating func countInsteadOfTimes() {
    builder.hasTimes = false
    builder.rewriteOperations { operation in
      operation.invoked = Instant(nanoseconds: Int64(operation.invocationIndex))
      operation.scheduled = operation.invoked
      if operation.completed != nil {
        operation.completed = Instant(nanoseconds: Int64(operation.completionIndex))
      }
    }
  }
}

extension Values {
  /// The symbol of the same characters.
  func symbol(of word: Value) -> Value {
    word.kind == .text ? Value(.symbol, payload: word.payload) : word
  }
}

extension HistoryError {
  /// What is wrong, for a person.
  public var sentence: String {
    switch self {
    case .doubleInvocation(let process, _):
      "process \(process) invokes an operation while one of its own is in flight"
    case .strayCompletion(let process, _):
      "process \(process) completes an operation that it never invoked"
    case .tooManyEvents: "more events than a history can number"
    }
  }
}
