import Basics
import Faults
import Linux
import Nodes
import Stacks

/// What faults may take away of the machine.
extension Lab {
  func squeeze(_ squeeze: Squeeze, _ target: Squeezed, as key: String) throws(FaultError) {
    if let other = squeezes.other(squeeze, target) {
      throw FaultError("squeeze \(target)", "'\(other)' does the same to it already")
    }
    let grip: any Grip = try attempt("squeeze \(target)") { try self.grip(squeeze, target) }
    squeezes.add(key, Squeezes.Held(squeeze: squeeze, target: target, grip: grip))
  }

  func reading(of key: String) throws(FaultError) -> SqueezeReading? {
    guard let grip = squeezes.grip(key) else { return nil }
    return try attempt("look at '\(key)'") { try grip.reading() }
  }

  func release(_ key: String) throws(FaultError) {
    guard let grip = squeezes.grip(key) else { return }
    try attempt("release '\(key)'") { try grip.release() }
    squeezes.forget(key)
  }

  private func grip(_ squeeze: Squeeze, _ target: Squeezed) throws -> any Grip {
    switch (squeeze, target) {
    case (.cpu(let quota), .instance(let id)): try Throttle(id, to: quota, by: supervisor)
    case (.memory(let bytes), .instance(let id)):
      try MemoryKiller(id, limitBytes: bytes, by: supervisor)
    case (.descriptors, .instance(let id)): try FullDescriptors(id, by: supervisor)
    case (.connections(let count, let port, let source), .instance(let id)):
      try connections(count, to: port, of: id, from: source ?? id.node)
    case (.ports, .node(let id)): try UsedUpPorts(on: node(id))
    case (.processes, .node(let id)): try ProcessCrowd(on: node(id))
    default: throw FaultError("squeeze \(target)", "that is not about it")
    }
  }

  private func connections(_ count: Int, to port: UInt16, of id: InstanceID, from source: NodeID)
    throws -> HeldConnections
  {
    guard let from = stack.node(source), let to = stack.node(id.node) else {
      throw FaultError("connect from \(source) to \(id)", "there is no such node")
    }
    return try HeldConnections(
      count, to: .init(stack.address(of: to, seenFrom: from), port), on: node(id.node),
      from: node(source))
  }
}
