import Histories

/// A value written in a setting, before there is a history to intern it in (a little EDN).
indirect enum Literal: Hashable, Sendable {
  case none
  case flag(Bool)
  case integer(Int64)
  case number(Double)
  case text(String)
  case symbol(String)
  case list([Literal])
  /// Keys and values in turn.
  case map([Literal])

  var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

  init?(text: String) {
    var reader = LiteralReader(rest: text[...])
    guard let literal = reader.read(depth: 0), reader.isAtEnd else { return nil }
    self = literal
  }

  /// The same value among a history's values.
  func value(in values: inout Values) -> Value {
    switch self {
    case .none: .none
    case .flag(let flag): flag ? .true : .false
    case .integer(let integer): values.integer(integer)
    case .number(let number): values.number(number)
    case .text(let text): values.text(text)
    case .symbol(let name): values.symbol(name)
    case .list(let elements): values.list(elements.map { $0.value(in: &values) })
    case .map(let elements): values.map(elements.map { $0.value(in: &values) })
    }
  }
}

private struct LiteralReader {
  var rest: Substring

  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return rest.isEmpty
    }
  }

  private mutating func skipSpace() {
    rest = rest.drop { $0.isWhitespace || $0 == "," }
  }

  mutating func read(depth: Int) -> Literal? {
    skipSpace()
    guard let first = rest.first, depth < 16 else { return depth == 0 ? .text("") : nil }
    switch first {
    case "\"": return readText()
    case "[", "(": return readElements(closing: first == "[" ? "]" : ")", depth).map { .list($0) }
    case "{":
      guard let elements = readElements(closing: "}", depth) else { return nil }
      return elements.count.isMultiple(of: 2) ? .map(elements) : nil
    default: return readWord()
    }
  }

  private mutating func readText() -> Literal? {
    rest.removeFirst()
    guard let end = rest.firstIndex(of: "\"") else { return nil }
    defer { rest = rest[rest.index(after: end)...] }
    return .text(String(rest[..<end]))
  }

  private mutating func readElements(closing: Character, _ depth: Int) -> [Literal]? {
    rest.removeFirst()
    var elements: [Literal] = []
    while true {
      skipSpace()
      guard let next = rest.first else { return nil }
      if next == closing {
        rest.removeFirst()
        return elements
      }
      guard let element = read(depth: depth + 1) else { return nil }
      elements.append(element)
    }
  }

  private mutating func readWord() -> Literal? {
    let word = rest.prefix { !$0.isWhitespace && !",[](){}\"".contains($0) }
    rest = rest[word.endIndex...]
    switch word {
    case "": return nil
    case "nil": return Literal.none
    case "true": return .flag(true)
    case "false": return .flag(false)
    default: break
    }
    if let integer = Int64(word) { return .integer(integer) }
    if let number = Double(word) { return .number(number) }
    return word.first == ":" ? .symbol(String(word.dropFirst())) : .symbol(String(word))
  }
}
