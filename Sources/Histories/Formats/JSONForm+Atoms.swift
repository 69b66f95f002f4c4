extension JSONForm {
  func number(_ source: inout ByteSource, _ values: inout Values) throws(ParseStop) -> Value {
    let start = source.position
    var position = start
    let isNegative = source.bytes[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let digits = position
    var magnitude: Int64 = 0
    while position < source.limit, source.bytes[position].isDigit, position - digits < 18 {
      magnitude = magnitude * 10 + Int64(source.bytes[position] &- UInt8(ascii: "0"))
      position += 1
    }
    if position > digits, position < source.limit, JSONForm.endsNumber(source.bytes[position]) {
      source.position = position
      return values.integer(isNegative ? -magnitude : magnitude)
    }
    return try unusualNumber(&source, &values)
  }

  private static func endsNumber(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
      || byte.isBlank
  }

  /// Numbers with a fraction, and integers beyond 64 bits, which are kept as texts.
  private func unusualNumber(
    _ source: inout ByteSource, _ values: inout Values
  ) throws(ParseStop) -> Value {
    let start = source.position
    while let byte = source.peek, !JSONForm.endsNumber(byte) { source.position += 1 }
    if source.position == source.limit, !source.endsHere { throw .incomplete }
    let text = source.text(start..<source.position)
    if let integer = Int64(text) { return values.integer(integer) }
    let isInteger = text.utf8.dropFirst().allSatisfy(\.isDigit)
    if isInteger, text.utf8.count > 1 { return values.text(text) }
    let isDecimal = text.utf8.allSatisfy {
      $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E")
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+")
    }
    guard isDecimal, let number = Double(text) else {
      throw .wrong(at: start, "not a number")
    }
    return NumberText.whole(text).map { values.integer($0) } ?? values.number(number)
  }

  func word(_ source: inout ByteSource) throws(ParseStop) -> Value {
    let start = source.position
    while let byte = source.peek, byte >= UInt8(ascii: "a"), byte <= UInt8(ascii: "z") {
      source.position += 1
    }
    let range = start..<source.position
    if source.position == source.limit, !source.endsHere { throw .incomplete }
    if source.matches(range, "null") { return .none }
    if source.matches(range, "true") { return .true }
    if source.matches(range, "false") { return .false }
    throw .wrong(at: start, "expected a value")
  }
}
