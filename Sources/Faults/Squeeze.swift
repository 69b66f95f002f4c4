public import Basics

/// What a component or a node is given less of.
public enum Squeeze: Hashable, Sendable {
  /// Its processes together get this share of one processor's time, and no more.
  case cpu(quota: Ratio)
  /// When its processes together have more memory resident, one of them is killed.
  case memory(bytes: Int)
  /// None of its processes may open a file or a connection besides those that it has.
  case descriptors
  /// No process can be started on the node.
  case processes
  /// So many TCP connections to this port are opened from a node, nil for its own, and held.
  case connections(count: Int, port: UInt16, from: NodeID?)
  /// No TCP connection can be opened on the node, for all its local ports are taken.
  case ports

  /// Whether both are about the same resource, so that they would work against each other.
  public func isAbout(_ other: Squeeze) -> Bool {
    switch (self, other) {
    case (.cpu, .cpu), (.memory, .memory), (.descriptors, .descriptors), (.processes, .processes),
      (.ports, .ports):
      true
    default: false
    }
  }
}

/// Who is squeezed.
public enum Squeezed: Hashable, Sendable, CustomStringConvertible {
  /// The processes of one component on one node.
  case instance(InstanceID)
  /// The node as a whole.
  case node(NodeID)

  public var description: String {
    switch self {
    case .instance(let instance): instance.description
    case .node(let node): node.description
    }
  }
}
