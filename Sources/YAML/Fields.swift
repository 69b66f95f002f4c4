public import Basics

/// Reads the keys of a mapping, collects everything that is wrong, and at the end flags the keys
/// nobody asked for.
///
/// Every reader returns nil both for an absent optional key and for a wrong value; a wrong value
/// and an absent required key have then been noted in `problems`.
public struct Fields {
  /// The mapping that is read.
  public let node: YAMLNode
  /// What is being read, as an error names it: `a component`.
  public let what: String
  /// What has been found wrong so far; `finish` hands it over.
  public var problems: [Problem] = []
  private var known: [String] = []

  /// A node that is no mapping is a problem, and reads as an empty one.
  public init(_ node: YAMLNode, of what: String) {
    self.node = node
    self.what = what
    if node.entries == nil, !node.isNull {
      problems.append(Problem(node.mark, "\(what) must be a mapping, not \(node.kindText)"))
    }
  }

  /// Where the mapping stands.
  public var mark: Mark { node.mark }

  /// The value of an optional key; nil when it is absent or null.
  public mutating func take(_ key: String) -> YAMLNode? {
    known.append(key)
    guard let value = node[key], !value.isNull else { return nil }
    return value
  }

  /// The value of a key that must be there.
  public mutating func require(_ key: String) -> YAMLNode? {
    if let value = take(key) { return value }
    if node.entries != nil || node.isNull {
      problems.append(Problem(node.mark, "\(what) needs the key '\(key)'"))
    }
    return nil
  }

  /// An optional value of that kind.
  public mutating func setting(_ key: String, _ kind: Schema.Kind) -> Setting? {
    guard let value = take(key) else { return nil }
    return value.setting(kind, of: key, &problems)
  }

  /// All keys of a schema.
  public mutating func settings(_ schema: Schema) -> Settings {
    var settings = Settings.none
    for key in schema.keys {
      let value = key.isRequired ? require(key.name) : take(key.name)
      settings[key.name] = value?.setting(key.kind, of: key.name, &problems)
    }
    return settings
  }

  /// Notes that something is wrong here.
  public mutating func refuse(_ message: String, at mark: Mark? = nil) {
    problems.append(Problem(mark ?? node.mark, message))
  }

  /// Names keys that would have been right, for the sentence about one that is not.
  mutating func suggest(_ keys: String...) { known += keys }

  /// Flags the unknown keys (of very many the first) and hands over everything noted.
  public mutating func finish(into all: inout [Problem]) {
    let strange = (node.entries ?? []).filter { !known.contains($0.key) }
    for entry in strange.prefix(Problems.enough) {
      if entry.value.isNull, entry.key.contains(" ") {
        // Inside braces a comma ends a text; what follows it reads as a key without a value.
        let message = "unknown key '\(entry.key)'; a text with a comma must be quoted inside braces"
        problems.append(Problem(entry.mark, message))
      } else {
        problems.append(.unknown("key", entry.key, among: known, at: entry.mark))
      }
    }
    all += problems
    problems = []
  }
}

extension Fields {
  /// An optional text; every scalar but null is one.
  public mutating func text(_ key: String) -> String? {
    if case .text(let value)? = setting(key, .text) { value } else { nil }
  }

  /// A text that must be there.
  public mutating func requiredText(_ key: String) -> String? {
    guard let node = require(key) else { return nil }
    if case .text(let value)? = node.setting(.text, of: key, &problems) { return value }
    return nil
  }

  /// An optional duration, `500ms` or `2s`.
  public mutating func duration(_ key: String) -> Duration? {
    if case .duration(let value)? = setting(key, .duration) { value } else { nil }
  }

  /// An optional share, `1%` or `0.01`.
  public mutating func ratio(_ key: String) -> Ratio? {
    if case .ratio(let value)? = setting(key, .ratio) { value } else { nil }
  }

  /// An optional whole number.
  public mutating func integer(_ key: String) -> Int? {
    if case .integer(let value)? = setting(key, .integer) { Int(value) } else { nil }
  }

  /// An optional number.
  public mutating func number(_ key: String) -> Double? {
    if case .number(let value)? = setting(key, .number) { value } else { nil }
  }

  /// An optional whole number within bounds.
  public mutating func count(_ key: String, _ range: ClosedRange<Int64>) -> Int? {
    if case .integer(let value)? = setting(key, .count(range)) { Int(value) } else { nil }
  }

  /// An optional `true` or `false`.
  public mutating func flag(_ key: String) -> Bool? {
    if case .flag(let value)? = setting(key, .flag) { value } else { nil }
  }

  /// An optional word, one of `words`.
  public mutating func choice(_ key: String, _ words: [String]) -> String? {
    if case .text(let value)? = setting(key, .choice(words)) { value } else { nil }
  }

  /// A list of texts; a single one counts as a list.
  public mutating func texts(_ key: String) -> [String]? {
    guard case .list(let values)? = setting(key, .list(of: .text)) else { return nil }
    return values.compactMap { if case .text(let value) = $0 { value } else { nil } }
  }

  /// The elements of a list; empty when the key is absent.
  public mutating func list(_ key: String) -> [YAMLNode] {
    guard let value = take(key) else { return [] }
    if let elements = value.elements { return elements }
    problems.append(Problem(value.mark, "'\(key)' must be a list, not \(value.kindText)"))
    return []
  }

  /// The entries of a mapping with names the user chose; empty when the key is absent.
  public mutating func mapping(_ key: String) -> [YAMLNode.Entry] {
    guard let value = take(key) else { return [] }
    if let entries = value.entries { return entries }
    problems.append(Problem(value.mark, "'\(key)' must be a mapping, not \(value.kindText)"))
    return []
  }
}

extension YAMLNode {
  /// Reads this as a value of that kind; a wrong one is noted and reads as nil.
  public func setting(
    _ kind: Schema.Kind, of key: String, _ problems: inout [Problem]
  ) -> Setting? {
    switch kind {
    case .list(of: let element):
      return .list((elements ?? [self]).compactMap { $0.setting(element, of: key, &problems) })
    case .bound where entries != nil: return bound(of: key, &problems).map { .bound($0) }
    case .mapping:
      if let entries {
        return .mapping(
          Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value.untyped) }))
      }
    default:
      if let text, let setting = kind.read(text) { return setting }
    }
    let found = text.map { "'\($0)'" } ?? kindText
    problems.append(Problem(mark, "'\(key)' must be \(kind.expectation), not \(found)"))
    return nil
  }

  /// The value without a schema: every scalar is a text. Depth is bounded by the parser.
  public var untyped: Setting {
    switch content {
    case .scalar(let text, _): .text(text)
    case .sequence(let elements): .list(elements.map(\.untyped))
    case .mapping(let entries):
      .mapping(Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value.untyped) }))
    }
  }
}
