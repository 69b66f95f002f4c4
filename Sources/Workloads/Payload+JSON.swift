public import Basics

extension Payload {
  /// As JSON: a symbol is a text, a key that is no text is written as one.
  public var json: JSON {
    switch self {
    case .none: .null
    case .flag(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let text), .symbol(let text): .string(text)
    case .list(let elements): .array(elements.map(\.json))
    case .map(let pairs): .object(pairs.map { JSON.Member($0.key.text, $0.value.json) })
    }
  }

  /// What a JSON document says: an object is a map from texts, a number without fraction an integer.
  public init(_ json: JSON) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .flag(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .string(let text): self = .text(text)
    case .array(let elements): self = .list(elements.map { Payload($0) })
    case .object(let members):
      self = .map(members.map { Pair(.text($0.name), Payload($0.value)) })
    }
  }

  /// The value as a template puts it into a request: a text as it is, nothing as an empty text, all
  /// else as JSON.
  public var text: String {
    switch self {
    case .none: ""
    case .text(let text), .symbol(let text): text
    default: json.text()
    }
  }
}
