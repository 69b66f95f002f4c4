/// An alert that somebody who watches the servers says is firing.
public struct Alert: Hashable, Sendable {
  /// The name of the rule that fired, such as `DatabaseDown`.
  public var name: String
  /// What else it says of itself, such as which site it is about; sorted by key, each key once.
  public private(set) var labels: [Label]

  /// One thing that an alert says of itself.
  public struct Label: Hashable, Sendable {
    /// Such as `site`.
    public var key: String
    /// Such as `douala`.
    public var value: String

    /// The label `key=value`.
    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }

    /// The label as it is written, `key=value`; nil for a text without an equals sign.
    public init?(reading text: some StringProtocol) {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      self.init(String(parts[0]), String(parts[1]))
    }
  }

  /// An alert; of labels with the same key the last counts.
  public init(_ name: String, labels: [Label] = []) {
    self.name = name
    var last: [String: String] = [:]
    for label in labels { last[label.key] = label.value }
    self.labels = last.sorted { $0.key < $1.key }.map { Label($0.key, $0.value) }
  }

  /// The value of the label of that key; nil when there is none.
  public func label(_ key: String) -> String? { labels.first { $0.key == key }?.value }
}

extension Alert: CustomStringConvertible {
  /// `DatabaseDown`, or `DatabaseDown (node=db-douala, site=douala)`.
  public var description: String {
    guard !labels.isEmpty else { return name }
    return name + " (" + labels.map { "\($0.key)=\($0.value)" }.joined(separator: ", ") + ")"
  }
}

extension Alert: Comparable {
  /// By name, then by labels: the order of lists.
  public static func < (one: Alert, other: Alert) -> Bool {
    one.name != other.name
      ? one.name < other.name
      : one.labels.lexicographicallyPrecedes(other.labels) {
        ($0.key, $0.value) < ($1.key, $1.value)
      }
  }
}

extension Alert {
  /// As files keep it: `{"name":"DatabaseDown","labels":{"site":"douala"}}`.
  public var json: JSON {
    .object([
      .init("name", .string(name)),
      .init("labels", .object(labels.map { .init($0.key, .string($0.value)) })),
    ])
  }

  /// Reads what `json` made; nil when it is something else.
  public init?(_ json: JSON) {
    guard case .object = json, let name = json["name"]?.text else { return nil }
    guard case .object(let members)? = json["labels"] else { return nil }
    let labels = members.compactMap { member in
      member.value.text.map { Label(member.name, $0) }
    }
    guard labels.count == members.count else { return nil }
    self.init(name, labels: labels)
  }
}
