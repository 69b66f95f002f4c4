/// One component on one node: what is started, killed, frozen and asked for its role.
public struct InstanceID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The node that it runs on.
  public let node: NodeID
  /// The component's name; a node runs each at most once.
  public let component: String

  /// Names it; whether a stack has such an instance is for the stack to say.
  public init(node: NodeID, component: String) {
    self.node = node
    self.component = component
  }

  /// `node/component`, as files and reports write it.
  public var description: String { "\(node)/\(component)" }

  public static func < (a: Self, b: Self) -> Bool {
    (a.node, a.component) < (b.node, b.component)
  }
}
