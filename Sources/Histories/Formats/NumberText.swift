/// What numbers that are not plainly written stand for.
enum NumberText {
  /// The integer that a decimal such as `1.0`, `2.50e1` or `1e18` is, digit by digit and so exactly;
  /// nil for what is not whole, or has more than 64 bits.
  static func whole(_ text: String) -> Int64? {
    var digits = text.utf8[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    var exponent = 0
    if let mark = digits.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
      guard let written = Int(String(digits[digits.index(after: mark)...]) ?? "") else {
        return nil
      }
      exponent = written
      digits = digits[..<mark]
    }
    var significant: [UInt8] = []
    var fraction = 0
    var isBehindPoint = false
    for byte in digits {
      if byte == UInt8(ascii: ".") { isBehindPoint = true } else { significant.append(byte) }
      if isBehindPoint, byte.isDigit { fraction += 1 }
    }
    while significant.last == UInt8(ascii: "0") {
      significant.removeLast()
      fraction -= 1
    }
    if significant.isEmpty { return 0 }
    guard exponent >= fraction, exponent.magnitude < 1 << 20, exponent - fraction < 20 else {
      return nil
    }
    significant += [UInt8](repeating: UInt8(ascii: "0"), count: exponent - fraction)
    return Int64((isNegative ? "-" : "") + String(decoding: significant, as: UTF8.self))
  }

  /// The digits of a number such as `0x1f`, with its sign; nil for others.
  static func hexadecimal(_ text: String) -> String? {
    var digits = text[...]
    let sign = digits.first == "-" ? "-" : ""
    if digits.first == "-" || digits.first == "+" { digits.removeFirst() }
    guard digits.hasPrefix("0x") || digits.hasPrefix("0X") else { return nil }
    digits.removeFirst(2)
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    return sign + digits
  }
}
