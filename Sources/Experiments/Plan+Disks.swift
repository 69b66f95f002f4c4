public import Basics
internal import Faults
internal import Stacks

/// Whose files must stand on disks of ours. Everyone else has plain folders, which cost nothing and of
/// which a power loss takes nothing away.
extension Plan {
  /// The nodes that a fault of a disk or a loss of power may be about, as far as is known before a run;
  /// only such with a component have anything on a disk.
  public var diskNodes: Set<NodeID> {
    guard !hasDisks else {
      return Set(stack.nodes.filter { !$0.instances.isEmpty }.map(\.id))
    }
    var found: Set<NodeID> = []
    for step in schedule where step.fault.usesDisk(aimedAt: step.aim) {
      guard case .target(let target, let component) = step.aim else { continue }
      for node in stack.nodes
      where !node.instances.isEmpty && node.mayBe(target.selector, in: stack) {
        if component.map({ name in node.instances.contains { $0.id.component == name } }) ?? true {
          found.insert(node.id)
        }
      }
    }
    return found
  }
}

extension StackNode {
  /// Whether a selector may mean the node at some moment of a run.
  fileprivate func mayBe(_ selector: Target.Selector, in stack: ResolvedStack) -> Bool {
    switch selector {
    case .node(let node): id == node
    case .role(let role): self.role == role
    case .site(let site): self.site == site
    case .owner(let address):
      // Who takes over an address does the same work as who prefers it.
      stack.address(named: address)?.preferred.flatMap(stack.node)?.role ?? role == role
    case .leader(let component): instances.contains { $0.id.component == component }
    }
  }
}
