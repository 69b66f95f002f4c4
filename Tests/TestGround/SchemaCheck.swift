import Foundation

/// JSON of any shape, as a reader in another language has it.
public indirect enum PlainJSON: Decodable, Hashable, Sendable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case array([PlainJSON])
  case object([String: PlainJSON])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let elements = try? container.decode([PlainJSON].self) {
      self = .array(elements)
    } else {
      self = .object(try container.decode([String: PlainJSON].self))
    }
  }

  public init(_ text: String) throws {
    self = try JSONDecoder().decode(PlainJSON.self, from: Data(text.utf8))
  }

  public subscript(_ name: String) -> PlainJSON? {
    if case .object(let members) = self { members[name] } else { nil }
  }
}

/// JSON Schema (draft 2020-12) as far as our own schemas use it; a word that it does not know is a fault of the schema.
public struct SchemaCheck {
  private let root: PlainJSON
  /// Members that a schema with properties does not name are faults, too: the document has what its schema lacks.
  private let isStrict: Bool

  public init(_ schema: PlainJSON, isStrict: Bool = true) {
    root = schema
    self.isStrict = isStrict
  }

  /// What does not fit, each with the way to it; nothing where all does.
  public func faults(of document: PlainJSON) -> [String] { faults(document, root, "$") }

  private static let known: Set<String> = [
    "$schema", "title", "description", "type", "properties", "required", "additionalProperties",
    "items", "enum", "const", "anyOf", "pattern",
  ]

  private func faults(_ value: PlainJSON, _ schema: PlainJSON, _ way: String) -> [String] {
    guard case .object(let words) = schema else { return ["\(way): the schema is no object"] }
    var found = words.keys.filter { !Self.known.contains($0) }.map {
      "\(way): unknown word '\($0)'"
    }
    if case .text(let type)? = words["type"], !Self.isOf(type, value) {
      return found + ["\(way): \(type) is expected, not \(value)"]
    }
    if let constant = words["const"], constant != value {
      found.append("\(way): \(constant) is expected, not \(value)")
    }
    if case .array(let values)? = words["enum"], !values.contains(value) {
      found.append("\(way): \(value) is none of \(values)")
    }
    if case .array(let forms)? = words["anyOf"] {
      let all = forms.map { faults(value, $0, way) }
      if !all.contains([]) { found += all.first ?? [] }
    }
    if case .text(let pattern)? = words["pattern"], case .text(let text) = value,
      text.range(of: pattern, options: .regularExpression) == nil
    {
      found.append("\(way): '\(text)' does not match \(pattern)")
    }
    if case .array(let elements) = value, let form = words["items"] {
      for (place, element) in elements.enumerated() {
        found += faults(element, form, "\(way)[\(place)]")
      }
    }
    if case .object(let members) = value { found += faults(members, words, way) }
    return found
  }

  private func faults(
    _ members: [String: PlainJSON], _ words: [String: PlainJSON], _ way: String
  ) -> [String] {
    var found: [String] = []
    if case .array(let names)? = words["required"] {
      for case .text(let name) in names where members[name] == nil {
        found.append("\(way): '\(name)' is missing")
      }
    }
    var properties: [String: PlainJSON]?
    if case .object(let named)? = words["properties"] { properties = named }
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      if let form = properties?[name] ?? words["additionalProperties"] {
        found += faults(value, form, "\(way).\(name)")
      } else if isStrict, properties != nil {
        found.append("\(way): the schema says nothing of '\(name)'")
      }
    }
    return found
  }

  private static func isOf(_ type: String, _ value: PlainJSON) -> Bool {
    switch (type, value) {
    case ("string", .text), ("boolean", .flag), ("array", .array), ("object", .object),
      ("null", .null), ("number", .number):
      true
    case ("integer", .number(let number)): number == number.rounded()
    default: false
    }
  }
}
