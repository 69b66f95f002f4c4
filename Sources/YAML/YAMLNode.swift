/// One value of a YAML document, with the place it stands at.
public struct YAMLNode: Hashable, Sendable {
  /// Where it begins.
  public let mark: Mark
  /// What it is and holds, aliases expanded.
  public let content: Content

  /// The three kinds of YAML nodes (YAML 1.2.2, section 3.2.1.1).
  public enum Content: Hashable, Sendable {
    /// `isPlain` tells `null` from `"null"`.
    case scalar(String, isPlain: Bool)
    /// In the order written.
    case sequence([YAMLNode])
    /// In the order written; keys are distinct.
    case mapping([Entry])
  }

  /// One key of a mapping and its value.
  public struct Entry: Hashable, Sendable {
    /// The key's text; other keys than scalars are refused.
    public let key: String
    /// Where the key stands.
    public let mark: Mark
    /// What stands behind the key; a scalar that is null when nothing does.
    public let value: YAMLNode

    /// `mark` is the key's place; the value has its own.
    public init(key: String, mark: Mark, value: YAMLNode) {
      self.key = key
      self.mark = mark
      self.value = value
    }
  }

  /// `mark` is the value's own place; its parts bring theirs.
  public init(_ content: Content, at mark: Mark) {
    self.content = content
    self.mark = mark
  }

  /// The text of a scalar that is not null.
  public var text: String? {
    if case .scalar(let text, _) = content, !isNull { text } else { nil }
  }

  /// The elements of a list; nil when this is none.
  public var elements: [YAMLNode]? {
    if case .sequence(let elements) = content { elements } else { nil }
  }

  /// The entries of a mapping in the order written; nil when this is none.
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
  public subscript(_ key: String) -> YAMLNode? {
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
