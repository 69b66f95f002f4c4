/// Single values as EDN text: what the EDN writer and the archive's columns hold.
package enum EDNText {
  /// Writes a value so that reading it gives the same value.
  package static func write(_ value: Value, _ values: Values, to output: inout [UInt8]) {
    switch value.kind {
    case .constant:
      output += (value == .none ? "nil" : value == .true ? "true" : "false").utf8
    case .integer, .wideInteger: output += String(values.integer(value) ?? 0).utf8
    case .number: number(values.number(value) ?? 0, to: &output)
    case .text: quoted(values.utf8(value) ?? [], to: &output)
    case .symbol: symbol(values.utf8(value) ?? [], to: &output)
    case .list: all(values.elements(value) ?? [], values, "[", "]", to: &output)
    case .map: all(values.pairs(value) ?? [], values, "{", "}", to: &output)
    }
  }

  private static func all(
    _ elements: ArraySlice<Value>, _ values: Values, _ open: String, _ close: String,
    to output: inout [UInt8]
  ) {
    output += open.utf8
    var isFirst = true
    for element in elements {
      if !isFirst { output.append(UInt8(ascii: " ")) }
      isFirst = false
      write(element, values, to: &output)
    }
    output += close.utf8
  }

  private static func number(_ number: Double, to output: inout [UInt8]) {
    if number.isFinite {
      output += "\(number)".utf8
    } else {
      output += (number.isNaN ? "##NaN" : number > 0 ? "##Inf" : "##-Inf").utf8
    }
  }

  static func quoted(_ bytes: some Sequence<UInt8>, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    JSONText.escape(bytes, to: &output)
    output.append(UInt8(ascii: "\""))
  }

  /// A keyword; a name that a keyword cannot hold is a tagged text.
  private static func symbol(_ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
    if bytes.isEmpty || bytes.contains(where: EDNForm.isDelimiter) {
      output += "#faultline/symbol ".utf8
      quoted(bytes, to: &output)
    } else {
      output.append(UInt8(ascii: ":"))
      output += bytes
    }
  }
}
