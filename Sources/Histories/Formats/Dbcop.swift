/// dbcop's JSON: an array of sessions, each an array of transactions
/// `{"events": [{"Read": {"variable": 0, "version": 1}}, …], "committed": true}`; bare, or as
/// the `data` of an object that also tells how the history was made.
///
/// The older form `{"write": true, "variable": 0, "value": 1, "success": true}` is read too; its
/// events without success had no effect and no result, and are left out.
struct Dbcop: RecordParser {
  private var form = JSONForm(.plain)
  private var transaction = TransactionRecorder()
  private var place = Place.start
  private var isInObject = false

  private enum Place { case start, object, sessions, session, done }

  func prepare(_ events: inout EventAssembler) { events.expectSessionsOnly() }

  mutating func next(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool {
    form.reset()
    while let byte = source.peek, byte.isBlank || byte == UInt8(ascii: ",") {
      source.position += 1
    }
    guard let byte = source.peek else {
      guard place == .done || !source.endsHere else {
        throw .wrong(at: source.limit, "the text ends before the last session is closed")
      }
      return false
    }
    switch (place, byte) {
    case (.start, UInt8(ascii: "{")):
      isInObject = true
      place = .object
    case (.start, UInt8(ascii: "[")): place = .sessions
    case (.object, UInt8(ascii: "}")): place = .done
    case (.object, UInt8(ascii: "\"")):
      try member(&source, &events.builder.values)
      return true
    case (.sessions, UInt8(ascii: "[")): place = .session
    case (.sessions, UInt8(ascii: "]")): place = isInObject ? .object : .done
    case (.session, UInt8(ascii: "]")):
      try transaction.nextSession(at: source.position)
      place = .sessions
    case (.session, UInt8(ascii: "{")):
      try transaction(&source, &events)
      return true
    default: throw .wrong(at: source.position, "expected sessions of transactions")
    }
    source.position += 1
    return true
  }

  private mutating func member(
    _ source: inout ByteSource, _ values: inout Values
  ) throws(ParseStop) {
    let start = source.position + 1
    _ = try QuotedText.read(&source, &values, keep: false, isJSON: true)
    let name = start..<source.position - 1
    try JSONForm.expect(UInt8(ascii: ":"), &source, in: "the history")
    let isData = ["data", "sessions", "history"].contains(source.text(name))
    JSONForm.skipBlank(&source)
    guard let byte = source.peek else { throw source.exhausted("the history") }
    if isData, byte == UInt8(ascii: "[") {
      source.position += 1
      place = .sessions
    } else {
      _ = try form.value(&source, &values, keep: false)
    }
  }

  private mutating func transaction(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) {
    let start = source.position
    let object = try form.value(&source, &events.builder.values)
    let (operations, isCommitted) = try Dbcop.parts(object, events.builder.values, at: start)
    for operation in operations { try add(operation, &events.builder.values, at: start) }
    try transaction.end(as: isCommitted ? .ok : .fail, &events, at: start)
  }

  private static func parts(
    _ object: Value, _ values: Values, at start: Int
  ) throws(ParseStop) -> (operations: [Value], isCommitted: Bool) {
    let committed = values.member("committed", of: object) ?? values.member("success", of: object)
    guard let committed, committed == .true || committed == .false,
      let list = values.member("events", of: object), let operations = values.elements(list)
    else {
      throw .wrong(at: start, "a transaction must have 'events' and 'committed'")
    }
    return (Array(operations), committed == .true)
  }

  private mutating func add(
    _ operation: Value, _ values: inout Values, at start: Int
  ) throws(ParseStop) {
    if values.member("success", of: operation) == .false { return }
    let read = values.member("Read", of: operation)
    let write = values.member("Write", of: operation)
    let isWrite = write != nil || values.member("write", of: operation) == .true
    let body = read ?? write ?? operation
    let value = values.member("version", of: body) ?? values.member("value", of: body)
    guard let variable = values.member("variable", of: body),
      read != nil || write != nil || values.member("write", of: body) != nil,
      !isWrite || value != nil
    else {
      throw .wrong(at: start, "an event must be a Read or Write with a variable and a version")
    }
    if isWrite {
      transaction.write(variable, value ?? .none, &values)
    } else {
      transaction.read(variable, value ?? .none, &values)
    }
  }
}
