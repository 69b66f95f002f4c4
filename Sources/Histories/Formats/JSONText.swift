internal import Basics

/// How Faultline's own JSON lines write what JSON has no words for, so that nothing is lost:
/// a symbol `r` is `":r"`; a text that begins with `:` or `~` has a `~` before it; numbers that
/// JSON cannot hold are `"~inf"`, `"~-inf"`, `"~nan"`; a map with keys that are neither texts
/// nor symbols is `{"~pairs": [key, value, …]}`.
enum JSONText {
  /// What a text of the file stands for.
  static func decoded(_ text: Value, _ values: inout Values) -> Value {
    let first = values.utf8(text)?.first
    guard first == UInt8(ascii: ":") || first == UInt8(ascii: "~") else { return text }
    let rest = Array(values.utf8(text)?.dropFirst() ?? [])
    if first == UInt8(ascii: ":") { return values.symbol(utf8: rest.span) }
    switch values.text(text) {
    case "~inf": return values.number(.infinity)
    case "~-inf": return values.number(-.infinity)
    case "~nan": return values.number(.nan)
    default: return values.text(utf8: rest.span)
    }
  }

  /// As `decoded`, but the marker of a map of pairs stays recognisable.
  static func decodedKey(_ text: Value, _ values: inout Values) -> Value {
    values.isWord(text, "~pairs") ? values.symbol("~pairs") : decoded(text, &values)
  }

  static func write(_ value: Value, _ values: Values, to output: inout [UInt8]) {
    switch value.kind {
    case .constant:
      output += (value == .none ? "null" : value == .true ? "true" : "false").utf8
    case .integer, .wideInteger: output += String(values.integer(value) ?? 0).utf8
    case .number: number(values.number(value) ?? 0, to: &output)
    case .text, .symbol: text(value, values, to: &output)
    case .list:
      output.append(UInt8(ascii: "["))
      for (position, element) in (values.elements(value) ?? []).enumerated() {
        if position > 0 { output.append(UInt8(ascii: ",")) }
        write(element, values, to: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .map: map(value, values, to: &output)
    }
  }

  private static func number(_ number: Double, to output: inout [UInt8]) {
    if number.isFinite {
      output += "\(number)".utf8
    } else {
      output += (number.isNaN ? "\"~nan\"" : number > 0 ? "\"~inf\"" : "\"~-inf\"").utf8
    }
  }

  private static func text(_ value: Value, _ values: Values, to output: inout [UInt8]) {
    let bytes = values.utf8(value) ?? []
    output.append(UInt8(ascii: "\""))
    if value.kind == .symbol {
      output.append(UInt8(ascii: ":"))
    } else if bytes.first == UInt8(ascii: ":") || bytes.first == UInt8(ascii: "~") {
      output.append(UInt8(ascii: "~"))
    }
    escape(bytes, to: &output)
    output.append(UInt8(ascii: "\""))
  }

  /// The characters between quotation marks, for JSON and EDN alike.
  static func escape(_ bytes: some Sequence<UInt8>, to output: inout [UInt8]) {
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
      case 10: output += "\\n".utf8
      case 13: output += "\\r".utf8
      case 9: output += "\\t".utf8
      case ..<0x20:
        let digits = String(byte, radix: 16)
        output += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
      default: output.append(byte)
      }
    }
  }

  private static func map(_ value: Value, _ values: Values, to output: inout [UInt8]) {
    let pairs = values.pairs(value) ?? []
    let starts = stride(from: pairs.startIndex, to: pairs.endIndex, by: 2)
    let isPlain = starts.allSatisfy {
      (pairs[$0].kind == .text || pairs[$0].kind == .symbol)
        && !(pairs[$0].kind == .symbol && values.isWord(pairs[$0], "~pairs"))
    }
    output += (isPlain ? "{" : "{\"~pairs\":[").utf8
    for (position, element) in pairs.enumerated() {
      if position > 0 { output += (isPlain && position % 2 == 1 ? ":" : ",").utf8 }
      write(element, values, to: &output)
    }
    output += (isPlain ? "}" : "]}").utf8
  }
}
