/// One value of a YAML document, with the place it stands at.
public struct Node: Hashable, Sendable {
  public let mark: Mark
  public let content: Content

  public enum Content: Hashable, Sendable {
    /// `isPlain` tells `null` from `"null"`.
    case scalar(String, isPlain: Bool)
    case sequence([Node])
    /// In the order written; keys are distinct.
    case mapping([Entry])
  }

  /// One key of a mapping and its value.
  public struct Entry: Hashable, Sendable {
    public let key: String
    public let mark: Mark
    public let value: Node

    public init(key: String, mark: Mark, value: Node) {
      self.key = key
      self.mark = mark
      self.value = value
    }
  }

  public init(_ content: Content, at mark: Mark) {
    self.content = content
    self.mark = mark
  }

  /// The text of a scalar that is not null.
  public var text: String? {
    if case .scalar(let text, _) = content, !isNull { text } else { nil }
  }

  public var elements: [Node]? {
    if case .sequence(let elements) = content { elements } else { nil }
  }

  public var entries: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// True for `null`, `~` and a value that was left out.
  public var isNull: Bool {
    if case .scalar(let text, isPlain: true) = content {
      ["", "~", "null"].contains(text)
    } else {
      false
    }
  }

  /// The value of that key; nil when absent or when this is no mapping.
  public subscript(_ key: String) -> Node? {
    entries?.first { $0.key == key }?.value
  }

  /// What this is, as an error message names it.
  public var kindText: String {
    switch content {
    case .scalar: isNull ? "nothing" : "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}
