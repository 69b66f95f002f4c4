extension JSON {
  /// The text of a string; nil for anything else.
  public var text: String? { if case .string(let text) = self { text } else { nil } }

  /// A number of either kind; nil for anything else.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The elements of an array; none for anything else.
  public var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
}
