public import Basics
public import Links
public import Stacks

/// Where the fabric meets the packets of a policy, and which of its ways there are at all.
///
/// Two nodes with a network in common speak directly, and all that the one sends to the other there is
/// meant; where one of them is a router, what it passes on, too. Of two that have routers between them
/// the packets are met on one hop only, among others of the router's (`RoutedFlows`).
public struct PolicyRoutes: Sendable {
  /// From one node to another.
  public struct Way: Hashable, Sendable {
    /// The node that sends.
    public let source: NodeID
    /// The node that it is for.
    public let target: NodeID
    /// Those that a packet passes, both ends included: two where they share a network; empty where no
    /// route leads there.
    public let hops: [NodeID]

    /// Whether routers pass its packets on.
    public var isRouted: Bool { hops.count > 2 }
  }

  /// Every directed pair of the policy, in the order of its paths.
  public let ways: [Way]
  /// What the fabric is told.
  public let paths: [Path]

  /// Works it out from the networks and routes of the stack.
  public init(_ policy: Policy, in stack: ResolvedStack) {
    let pairs = policy.paths.flatMap(\.pairs)
    ways = pairs.map { pair in
      let hops = stack.path(from: pair.source, to: pair.target) ?? []
      return Way(source: pair.source, target: pair.target, hops: hops)
    }
    let direct = policy.paths.map { path in
      var path = path
      path.match = policy.kind.map { FrameMatch(kind: $0) }
      return path
    }
    let routed = RoutedFlows(pairs, kind: policy.kind, in: stack)
    paths = direct + routed.paths(each: policy.impairment.rateBitsPerSecond != nil)
  }
}
