internal import Basics

/// The generator's `.hist`: `i id client r key`, `w key value` or `c key old new` for an
/// invocation, then `o id [value]`, `f id` or `u id`; `#` begins a comment.
struct GeneratorHistory: RecordParser {
  private var operations = GeneratorOperations()

  func prepare(_ events: inout EventAssembler) { events.expectPositionsOnly() }

  mutating func next(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool {
    guard let line = try source.nextLine() else { return false }
    let fields = LineFields.split(line, source, by: 32)
    guard let mark = fields.first, source.bytes[mark.lowerBound] != UInt8(ascii: "#") else {
      return true
    }
    if source.matches(mark, "i") {
      try invoke(fields, source, &events)
    } else {
      try complete(fields, source, &events)
    }
    return true
  }

  private mutating func invoke(
    _ fields: [Range<Int>], _ source: ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) {
    let start = fields[0].lowerBound
    guard fields.count >= 5 else { throw .wrong(at: start, "the line ends too early") }
    let integers = try fields[4...].map { (field) throws(ParseStop) in
      events.builder.values.integer(try LineFields.integer(field, source, "a key or value"))
    }
    let (name, argument): (String, Value)
    switch (source.text(fields[3]), integers.count) {
    case ("r", 1): (name, argument) = ("read", .none)
    case ("w", 2): (name, argument) = ("write", integers[1])
    case ("c", 3): (name, argument) = ("cas", events.builder.values.list(integers[1...]))
    default: throw .wrong(at: start, "expected 'r key', 'w key value' or 'c key old new'")
    }
    let function = try events.functionID(events.builder.values.symbol(name), at: start)
    try operations.invoke(
      fields, function, argument, key: integers[0], source, &events)
  }

  private mutating func complete(
    _ fields: [Range<Int>], _ source: ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) {
    let (kind, process) = try operations.completion(fields, source)
    var result = events.builder.argumentInFlight(on: process) ?? .none
    if kind == .ok, fields.count > 2 {
      result = .none
      if !source.matches(fields[2], "nil") {
        let integer = try LineFields.integer(fields[2], source, "the result")
        result = events.builder.values.integer(integer)
      }
    }
    try operations.complete(fields, kind, process, result, source, &events)
  }
}

/// The operations of the generator's formats, which name each by an id of its own.
struct GeneratorOperations: Sendable {
  private var inFlight: [Int64: (process: Int32, function: FunctionID)] = [:]

  mutating func invoke(
    _ fields: [Range<Int>], _ function: FunctionID, _ argument: Value, key: Value,
    _ source: ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) {
    let id = try LineFields.integer(fields[1], source, "the operation's id")
    let client = try LineFields.integer(fields[2], source, "the client")
    guard let process = Int32(exactly: client) else {
      throw .wrong(at: fields[2].lowerBound, "\(client) is too large for a client's number")
    }
    guard inFlight[id] == nil else {
      throw .wrong(at: fields[1].lowerBound, "operation \(id) is in flight already")
    }
    var event = Event(
      process: process, kind: .invoke, function: function, value: argument,
      time: Instant(nanoseconds: Int64(events.builder.events)))
    event.key = key
    try events.append(event, at: fields[0].lowerBound)
    inFlight[id] = (process, function)
  }

  /// What a line completes, and how.
  func completion(
    _ fields: [Range<Int>], _ source: ByteSource
  ) throws(ParseStop) -> (kind: Event.Kind, process: Int32) {
    let kind: Event.Kind
    switch source.text(fields[0]) {
    case "o": kind = .ok
    case "f": kind = .fail
    case "u": kind = .info
    default:
      throw .wrong(at: fields[0].lowerBound, "a line must begin with i, o, f, u or #")
    }
    guard fields.count >= 2 else {
      throw .wrong(at: fields[0].lowerBound, "the line ends before the operation's id")
    }
    let id = try LineFields.integer(fields[1], source, "the operation's id")
    guard let operation = inFlight[id] else {
      throw .wrong(at: fields[1].lowerBound, "operation \(id) completes but was never invoked")
    }
    return (kind, operation.process)
  }

  mutating func complete(
    _ fields: [Range<Int>], _ kind: Event.Kind, _ process: Int32, _ result: Value,
    _ source: ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) {
    let id = try LineFields.integer(fields[1], source, "the operation's id")
    guard let operation = inFlight.removeValue(forKey: id) else { return }
    let event = Event(
      process: process, kind: kind, function: operation.function, value: result,
      time: Instant(nanoseconds: Int64(events.builder.events)))
    try events.append(event, at: fields[0].lowerBound)
  }
}
