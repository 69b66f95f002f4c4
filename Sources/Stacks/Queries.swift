/// How to learn an instance's role again and again, and what its roles mean.
public struct RoleQuery: Hashable, Sendable {
  /// Prints the role in one word.
  public var query: Instance.Query
  /// From the end of one look to the next.
  public var every: Duration
  /// Roles of which at most one instance may be at a time; empty for none.
  public var exclusive: [String]
  /// How long two instances may be in an exclusive role at once.
  public var overlap: Duration
  /// Roles that make an instance the leader of its component.
  public var leading: [String]

  /// Looking more often would load the system under test.
  public static let shortestPeriod = Duration.milliseconds(100)
}

/// A number that an instance tells about itself over time.
public struct ProbeQuery: Hashable, Sendable {
  /// The key it stands under in the component's `probe` mapping.
  public var name: String
  /// Prints the number; the last line counts.
  public var command: [String]
  /// How long one look may take.
  public var within: Duration
  /// From the end of one look to the next.
  public var every: Duration
  /// What the number counts, such as `seconds`; empty when it was not said.
  public var unit: String
  /// One sentence for a person; empty when it was not said.
  public var summary: String
}
