/// AWDIT's text: `r key value` and `w key value`, `---` between transactions, `===` between
/// sessions.
struct AWDIT: RecordParser {
  private var transaction = TransactionRecorder()

  func prepare(_ events: inout EventAssembler) { events.expectSessionsOnly() }

  mutating func next(
    _ source: inout ByteSource, _ events: inout EventAssembler
  ) throws(ParseStop) -> Bool {
    guard let whole = try source.nextLine() else { return false }
    let line = LineFields.trimmed(whole, source)
    if line.isEmpty { return true }
    if AWDIT.isRule(UInt8(ascii: "-"), line, source) {
      try transaction.end(as: .ok, &events, at: line.lowerBound)
    } else if AWDIT.isRule(UInt8(ascii: "="), line, source) {
      try transaction.end(as: .ok, &events, at: line.lowerBound)
      try transaction.nextSession(at: line.lowerBound)
    } else {
      try operation(line, source, &events.builder.values)
    }
    return true
  }

  mutating func finish(_ source: ByteSource, _ events: inout EventAssembler) throws(ParseStop) {
    try transaction.end(as: .ok, &events, at: source.bytes.count)
  }

  static func isRule(_ mark: UInt8, _ line: Range<Int>, _ source: ByteSource) -> Bool {
    line.count >= 3 && line.allSatisfy { source.bytes[$0] == mark }
  }

  private mutating func operation(
    _ line: Range<Int>, _ source: ByteSource, _ values: inout Values
  ) throws(ParseStop) {
    let fields = LineFields.split(line, source, by: 32)
    guard fields.count == 3, source.matches(fields[0], "r") || source.matches(fields[0], "w")
    else {
      throw .wrong(
        at: line.lowerBound,
        "expected 'r key value', 'w key value', --- or ===, not '\(source.excerpt(line))'")
    }
    let key = values.integer(try LineFields.integer(fields[1], source, "the key"))
    let value = values.integer(try LineFields.integer(fields[2], source, "the value"))
    if source.matches(fields[0], "r") {
      transaction.read(key, value, &values)
    } else {
      transaction.write(key, value, &values)
    }
  }
}
