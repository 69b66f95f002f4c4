internal import Basics

/// The generator's list-append text: `i id client a key value;r key`, completed by
/// `o id a key value;r key [1,2]`, `f id` or `u id`.
struct GeneratorTransactions: RecordParser {
  private var operations = GeneratorOperations()

  func prepare(_ events: inout EventAssembler) { events.expectPositionsOnly() }

  mutating func next(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool {
    guard let line = try source.nextLine() else { return false }
    let isInvocation = line.first.map { source.bytes[$0] == UInt8(ascii: "i") } ?? false
    let fields = LineFields.split(line, source, by: 32, atMost: isInvocation ? 4 : 3)
    guard let mark = fields.first, source.bytes[mark.lowerBound] != UInt8(ascii: "#") else {
      return true
    }
    if source.matches(mark, "i") {
      guard fields.count == 4 else { throw .wrong(at: mark.lowerBound, "the line ends too early") }
      let argument = try transaction(fields[3], source, &events.builder.values)
      let function = try events.functionID(
        events.builder.values.symbol("txn"), at: mark.lowerBound)
      try operations.invoke(fields, function, argument, key: .none, source, &events)
    } else {
      try complete(fields, source, &events)
    }
    return true
  }

  private mutating func complete(
    _ fields: [Range<Int>], _ source: ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) {
    let (kind, process) = try operations.completion(fields, source)
    var result = events.builder.argumentInFlight(on: process) ?? .none
    if kind == .ok {
      guard fields.count == 3 else {
        throw .wrong(at: fields[0].lowerBound, "the line ends before the transaction's results")
      }
      result = try transaction(fields[2], source, &events.builder.values)
    }
    try operations.complete(fields, kind, process, result, source, &events)
  }

  private func transaction(
    _ range: Range<Int>, _ source: ByteSource, _ values: inout Values
  ) throws(ParseStop) -> Value {
    var operations: [Value] = []
    for part in LineFields.split(range, source, by: UInt8(ascii: ";")) {
      let fields = LineFields.split(part, source, by: 32)
      guard fields.count >= 2 else {
        throw .wrong(at: part.lowerBound, "expected 'a key value' or 'r key [values]'")
      }
      let key = values.integer(try LineFields.integer(fields[1], source, "the key"))
      switch (source.text(fields[0]), fields.count) {
      case ("a", 3):
        let value = values.integer(try LineFields.integer(fields[2], source, "the value"))
        operations.append(values.list([values.symbol("append"), key, value]))
      case ("r", 2): operations.append(values.list([values.symbol("r"), key, .none]))
      case ("r", 3):
        let found = try list(fields[2], source, &values)
        operations.append(values.list([values.symbol("r"), key, found]))
      default: throw .wrong(at: part.lowerBound, "expected 'a key value' or 'r key [values]'")
      }
    }
    return values.list(operations)
  }

  private func list(
    _ range: Range<Int>, _ source: ByteSource, _ values: inout Values
  ) throws(ParseStop) -> Value {
    guard range.count >= 2, source.bytes[range.lowerBound] == UInt8(ascii: "["),
      source.bytes[range.upperBound - 1] == UInt8(ascii: "]")
    else { throw .wrong(at: range.lowerBound, "a list must stand between [ and ]") }
    let inner = range.lowerBound + 1..<range.upperBound - 1
    let elements = try LineFields.split(inner, source, by: UInt8(ascii: ",")).map {
      (field) throws(ParseStop) in
      values.integer(try LineFields.integer(field, source, "an element"))
    }
    return values.list(elements)
  }
}
