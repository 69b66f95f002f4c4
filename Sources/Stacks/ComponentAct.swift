/// Something that an instance can be made to do, as its component's folder says: take a server out of
/// its rotation, believe that it is healthy, hear that its machine will be taken away.
public struct ComponentAct: Hashable, Sendable {
  /// The key it stands under in the component's `acts` mapping.
  public var name: String
  /// One sentence for a person; empty when it was not said.
  public var summary: String
  /// Does it. What it is about is in the environment as `TARGET`.
  public var command: [String]
  /// Takes it back; empty where it cannot be.
  public var undo: [String]
  /// Answers as long as the act is in effect; nil where nothing shows it but the command's own success.
  public var shows: Probe?
  /// Whether the instance may end of it: then its end is no death of its own.
  public var mayEnd: Bool
  /// How long each command may take.
  public var within: Duration

  /// The variable in which commands find what the act is about.
  public static let target = "TARGET"
}

extension Instance {
  /// The act of that name; nil when its component has none.
  public func act(_ name: String) -> ComponentAct? { acts.first { $0.name == name } }
}
