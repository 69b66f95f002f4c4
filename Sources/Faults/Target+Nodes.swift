public import Stacks

extension Target {
  /// The nodes that it could mean, in the order of the stack; nil where that is only known while running.
  public func nodes(in stack: ResolvedStack) -> [StackNode]? {
    let all: [StackNode]? =
      switch selector {
      case .node(let node): stack.node(node).map { [$0] } ?? []
      case .role(let role): stack.nodes(role: role)
      case .site(let site): stack.nodes(site: site)
      case .owner, .leader: nil
      }
    return all?.filter { site == nil || $0.site == site }
  }
}
