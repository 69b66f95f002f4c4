extension JSON {
  /// The document as text. `indented` puts one member a line, for people and for diffs.
  ///
  /// RFC 8259; a number that JSON cannot hold (infinite, not a number) becomes null.
  public func text(indented: Bool = false) -> String {
    var output = ""
    write(to: &output, indent: indented ? 0 : nil)
    return output
  }

  private func write(to output: inout String, indent: Int?) {
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .integer(let value): output += String(value)
    case .number(let value): output += JSON.number(value)
    case .string(let value): JSON.quote(value, to: &output)
    case .array(let elements):
      JSON.list("[", "]", elements, to: &output, indent: indent) { element, output, indent in
        element.write(to: &output, indent: indent)
      }
    case .object(let members):
      JSON.list("{", "}", members, to: &output, indent: indent) { member, output, indent in
        JSON.quote(member.name, to: &output)
        output += indent == nil ? ":" : ": "
        member.value.write(to: &output, indent: indent)
      }
    }
  }

  private static func number(_ value: Double) -> String {
    value.isFinite ? Decimal.trimmed(value, decimals: 6) : "null"
  }

  private static func list<Element>(
    _ open: String, _ close: String, _ elements: [Element], to output: inout String,
    indent: Int?, _ write: (Element, inout String, Int?) -> Void
  ) {
    output += open
    for (position, element) in elements.enumerated() {
      if position > 0 { output += "," }
      if let indent { output += "\n" + String(repeating: "  ", count: indent + 1) }
      write(element, &output, indent.map { $0 + 1 })
    }
    if let indent, !elements.isEmpty {
      output += "\n" + String(repeating: "  ", count: indent)
    }
    output += close
  }

  /// Characters that JSON allows but other readers of its text take for line breaks, refuse, or obey,
  /// are written as numbers, too.
  private static func quote(_ text: String, to output: inout String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case _ where scalar.isActive:
        for unit in scalar.utf16 {
          let hex = String(unit, radix: 16)
          output += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}
