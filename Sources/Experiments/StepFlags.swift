internal import YAML

/// A step as the flags of a command line say it.
public struct StepFlags: Hashable, Sendable {
  /// The fault or action.
  public var name: String
  /// `owner-of=vip`, `node=web`, `role=web,pick=one`; a name alone is a node, a role or a site.
  public var target: String?
  /// A component of the target; nil: the nodes themselves.
  public var component: String?
  /// Both ends of a way, each as `target` is written.
  public var between: [String]
  /// Where packets come from, for a fault of one direction only.
  public var from: String?
  /// Where they go to.
  public var to: String?
  /// How long it is held, as an experiment writes it.
  public var length: String?
  /// The fault's own settings, in order.
  public var settings: [Setting]

  /// A key and its value, as an experiment writes them.
  public struct Setting: Hashable, Sendable {
    /// As in the fault's schema.
    public var key: String
    /// A single value.
    public var value: String

    /// Nothing is checked before the step is read.
    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  /// A step of that name, and nothing else said of it.
  public init(_ name: String) {
    self.name = name
    between = []
    settings = []
  }
}

/// A step as a list of keys that an experiment would have, in the order in which people write them.
struct StepKeys {
  /// Where a problem is shown.
  static let mark = Mark(file: "inject", line: 0)

  private(set) var entries: [YAMLNode.Entry] = []

  mutating func set(_ key: String, _ value: YAMLNode?) {
    guard let value else { return }
    entries.append(YAMLNode.Entry(key: key, mark: Self.mark, value: value))
  }

  mutating func set(_ key: String, text: String?) { set(key, text.map(Self.scalar)) }

  var node: YAMLNode { YAMLNode(.mapping(entries), at: Self.mark) }

  static func scalar(_ text: String) -> YAMLNode {
    YAMLNode(.scalar(text, isPlain: true), at: mark)
  }

  static func list(_ nodes: [YAMLNode]) -> YAMLNode { YAMLNode(.sequence(nodes), at: mark) }
}
