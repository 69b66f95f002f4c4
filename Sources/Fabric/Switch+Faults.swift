public import Basics
public import Links

extension Switch {
  /// Puts a policy to work on these paths, behind those already at work there. The name is its
  /// handle: a policy of the same name is replaced, wherever it was. Nodes attached later that lie
  /// on a path meet it too.
  ///
  /// Frames pass between two ports of one segment: a policy is about neighbours, and two nodes with
  /// a router between them are not neighbours.
  public func impair(_ name: String, _ paths: [Path], _ impairment: Impairment) {
    let policy = SwitchCore.Policy(name: name, paths: paths, impairment: impairment)
    perform { $0.impair(policy) }
  }

  /// Takes the policy of that name away and no other; false when there is none.
  @discardableResult
  public func lift(_ name: String) -> Bool { perform { $0.lift(name) } }

  /// The names of the policies at work, in the order in which they were put to work.
  public var policies: [String] { perform { core in core.policies.map(\.name) } }

  /// Takes a node's power, as far as the network can tell, or gives it back: while it is down
  /// nothing passes to or from it, frames under way included.
  public func setPower(of node: NodeID, isOn: Bool) { perform { $0.setUp(node, isOn) } }
}
