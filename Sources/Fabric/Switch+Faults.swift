public import Basics
public import Links

extension Switch {
  /// Puts a policy to work on these paths, behind those already at work there. The name is its
  /// handle: a policy of the same name is replaced, wherever it was. Nodes attached later that lie
  /// on a path meet it too.
  ///
  /// Frames pass between two ports of one segment: a policy is about neighbours. Two nodes with a router
  /// between them are not; theirs is a policy on one of the hops, about the frames of their `Flow`.
  public func impair(_ name: String, _ paths: [Path], _ impairment: Impairment) {
    let policy = SwitchCore.Policy(name: name, paths: paths, impairment: impairment)
    perform { $0.impair(policy) }
  }

  /// Takes the policy of that name away and no other; false when there is none.
  @discardableResult
  public func lift(_ name: String) -> Bool { perform { $0.lift(name) } }

  /// The names of the policies at work, in the order in which they were put to work.
  public var policies: [String] { perform { core in core.policies.map(\.name) } }

  /// Plugs the cable of a node in or out: the link-down fault. `segment` nil: all of its cables.
  ///
  /// The node sees no carrier, and nothing passes: a kernel alone would still take what is written
  /// to a device without one.
  public func setCarrier(of node: NodeID, in segment: SegmentID? = nil, isOn: Bool)
    throws(FabricError)
  {
    let ports = pluggedPorts.filter {
      $0.node == node && (segment == nil || $0.segment == segment)
    }
    guard !ports.isEmpty else { throw .unknownPort(node: node.text, segment: segment) }
    for port in ports {
      try port.tap.setCarrier(isOn: isOn)
      perform { $0.setCarrier(port, isOn: isOn) }
    }
  }

  /// Takes a node's power, as far as the network can tell, or gives it back: while it is down
  /// nothing passes to or from it, frames under way included.
  public func setPower(of node: NodeID, isOn: Bool) { perform { $0.setPower(node, isOn: isOn) } }

  /// Hands a node a frame of our own, which no policy meets and no capture sees; nothing where it is not plugged
  /// in there.
  public func deliver(_ frame: [UInt8], to node: NodeID, in segment: SegmentID) {
    perform { $0.deliver(frame, to: node, in: segment) }
  }
}
